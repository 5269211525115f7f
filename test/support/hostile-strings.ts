import { carriersOf, disguisesOf } from './address-forms.ts'

/** Texts that do harm wherever they are read as something else than text. */

export interface Canaries {
  /** A file that must not come to be. */
  readonly file: string
  /** `host:port` that must not be asked. */
  readonly host: string
}

const shell = (file: string): string[] => [
  `$(touch ${file})`,
  `\`touch ${file}\``,
  `; touch ${file}`,
  `| touch ${file}`,
  `|| touch ${file}`,
  `&& touch ${file}`,
  `& touch ${file} &`,
  `> ${file}`,
  `>> ${file}`,
  `< /etc/passwd > ${file}`,
  `' ; touch ${file} ; '`,
  `" ; touch ${file} ; "`,
  `\\"; touch ${file}; \\"`,
  `$(touch$IFS${file})`,
  `{touch,${file}}`,
  `\${x:=$(touch ${file})}`,
  `$((1+$(touch ${file})))`,
  `<(touch ${file})`,
  `() { :; }; touch ${file}`,
  `!touch ${file}`,
  '~root/.ssh/id_rsa',
  '*',
  '?',
  '[a-z]',
  '$PATH',
  '%PATH%',
  '#',
]

const traversal = [
  '.',
  '..',
  '../..',
  '../../etc/passwd',
  '..%2f..%2fetc',
  '%2e%2e',
  '%252e%252e%252f',
  '....//',
  '..;/',
]
  .concat([
    '/etc/passwd',
    '//etc//passwd',
    '..\\..\\windows',
    'C:\\windows',
    '\\\\host\\share',
    'file:///etc/passwd',
  ])
  .concat([
    '/proc/self/environ',
    'a/../../b',
    './a',
    'a/',
    '/',
    '//',
    '%00',
    '..%00/',
    '..%c0%af',
    '/dev/tcp/127.0.0.1/9',
  ])

const options = (file: string): string[] => [
  '-',
  '--',
  '-n',
  '-rf',
  '--help',
  '--output',
  `-o${file}`,
  `--output=${file}`,
  '-e id',
  '-exec',
  '--checkpoint-action=exec=id',
  '@/etc/passwd',
  '+x',
]

const addresses = (host: string): string[] => [
  `http://${host}/`,
  `//${host}/`,
  `@${host}`,
  `:x@${host}/`,
  `\\@${host}`,
  `?@${host}`,
  `#@${host}/`,
  `;@${host}`,
  `.${host}`,
  `${host}#`,
  `${host}?`,
  `0@${host}:80`,
  ...disguisesOf('127.0.0.1'),
  ...carriersOf('127.0.0.1').map((address) => `[${address}]`),
  'localhost',
  '169.254.169.254',
  'gopher://127.0.0.1:6379/_FLUSHALL',
]

const headers = [
  '\r\nX-Injected: 1',
  '\nX-Injected: 1',
  '\rX-Injected: 1',
  '%0d%0aX-Injected:%201',
  '\u560d\u560aX-Injected: 1',
]
  .concat([
    '\r\n\r\nGET /injected HTTP/1.1\r\nHost: x\r\n\r\n',
    '\r\nContent-Length: 0\r\n\r\n',
    '\r\nTransfer-Encoding: chunked',
  ])
  .concat(['\u2028X-Injected: 1', '\u0085X-Injected: 1', '\u000bX-Injected: 1'])

const templates = [
  '${{ parameters.other }}',
  '${{parameters.text}}',
  '${{ secrets.token }}',
  '{{7*7}}',
  '${7*7}',
  '#{7*7}',
].concat([
  '<%= 7*7 %>',
  '{key}',
  '{{constructor.constructor("return 1")()}}',
  '%s%n%x',
  '$1',
  '$&',
  "$'",
  '$`',
  '\\1',
  '[[7*7]]',
])

const documents = [
  '"',
  '"}',
  '","admin":true,"x":"',
  '\\',
  '\\"',
  '{"$ne":null}',
  '[1]',
  'null',
  'true',
  '1e999',
  '-0',
  'NaN',
]
  .concat([
    '- a',
    'a: b',
    '&a',
    '*a',
    '!!js/function x',
    '|',
    '>',
    '---',
    '...',
    '? a',
    '<<: *a',
    '# a',
    "'",
    "''",
    '@a',
    '%YAML',
  ])
  .concat([
    "' OR '1'='1",
    '1; DROP TABLE run; --',
    '*)(uid=*',
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    '<script>',
  ])
  .concat([
    '__proto__',
    'constructor',
    'prototype',
    'hasOwnProperty',
    'toString',
    '=1+1',
    '=cmd|x',
    '<@U1>',
    '@everyone',
  ])

const unicode = [
  '\u0000',
  'a\u0000b',
  '\u0001',
  '\u001b[2J',
  '\u001b]0;x\u0007',
  '\u202eexe.txt',
  '\u2066x\u2069',
  '\ufeff',
  '\u200b',
]
  .concat([
    '\ud800',
    '\udfff',
    'a\ud83d',
    'é',
    'e\u0301',
    '\uff0e\uff0e\uff0f',
    '\u2215',
    '\u29f5',
    'ﬁ',
    'ß',
    'İ',
    '\u{1f4a9}',
    '\uffff',
  ])
  .concat(['\u0300'.repeat(200), '\t', '\n', '\r', '\r\n', ' ', '', '\u00a0', '\u3000'])

const long = [
  'x'.repeat(2_001),
  'x'.repeat(20_000),
  '../'.repeat(5_000),
  '%'.repeat(3_000),
  'é'.repeat(60_000),
  `a${'\n'.repeat(5_000)}`,
]

/** More than 500, all different. */
export const hostileStrings = ({ file, host }: Canaries): string[] => {
  const bare = [...shell(file), ...traversal, ...options(file), ...addresses(host), ...headers, ...templates]
    .concat(documents)
    .concat(unicode)
  const wrapped = bare.flatMap((text) => [
    text,
    `flag${text}`,
    `${text}flag`,
    `a\n${text}`,
    ` ${text}`,
    `"${text}"`,
  ])
  return [...new Set([...wrapped, ...long])]
}
