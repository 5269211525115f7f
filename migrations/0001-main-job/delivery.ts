export const delivery = `
create table outbox (
  tenant_id text not null,
  kind text not null check (kind in ('heal', 'run', 'expire_approval')),
  key text not null,
  due_at timestamptz(3) not null,
  rings integer not null default 0,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, kind, key)
);
create index outbox_due on outbox (due_at);
create table card_delivery (
  tenant_id text not null,
  card_id text not null,
  chat text not null check (chat in ('console', 'slack', 'discord')),
  desired_version integer not null,
  delivered_version integer not null default 0,
  changed_at timestamptz(3) not null,
  message_id text,
  attempts integer not null default 0,
  last_error text not null default '',
  primary key (tenant_id, card_id, chat),
  foreign key (tenant_id, card_id) references card
);
create index card_delivery_due on card_delivery (chat, changed_at) where delivered_version < desired_version;
create table idempotency_key (
  tenant_id text not null,
  person_id text not null,
  key text not null,
  request_digest text not null,
  status integer,
  response jsonb,
  created_at timestamptz(3) not null,
  primary key (tenant_id, person_id, key)
);`
