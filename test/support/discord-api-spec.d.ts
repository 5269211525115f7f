/** The package has no types for its schemas; these are the ones that the tests use. */
declare module 'discord-api-spec/zod' {
  export interface SpecIssue {
    readonly path: readonly PropertyKey[]
    readonly message: string
    /** For a choice between shapes: what each of them found. */
    readonly errors?: readonly (readonly SpecIssue[])[]
  }
  export interface SpecSchema {
    readonly safeParse: (value: unknown) =>
      | { readonly success: true; readonly data: unknown }
      | {
          readonly success: false
          readonly error: { readonly issues: readonly SpecIssue[] }
        }
  }
  export const MessageCreateRequestSchema: SpecSchema
  export const MessageEditRequestPartialSchema: SpecSchema
  export const CreateTextThreadWithMessageRequestSchema: SpecSchema
  export const CreateTextThreadWithoutMessageRequestSchema: SpecSchema
  export const UpdateThreadRequestPartialSchema: SpecSchema
  export const CreateGuildChannelRequestSchema: SpecSchema
  export const PongInteractionCallbackRequestSchema: SpecSchema
  export const CreateMessageInteractionCallbackRequestSchema: SpecSchema
  export const UpdateMessageInteractionCallbackRequestSchema: SpecSchema
  export const ApplicationCommandAutocompleteCallbackRequestSchema: SpecSchema
  export const ModalInteractionCallbackRequestSchema: SpecSchema
  export const IncomingWebhookInteractionRequestSchema: SpecSchema
  export const IncomingWebhookUpdateForInteractionCallbackRequestPartialSchema: SpecSchema
  export const ApplicationCommandUpdateRequestSchema: SpecSchema
}
