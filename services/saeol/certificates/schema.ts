import type { Sabotaged } from '../../common/sabotage.ts'

/** Issued certificates. The unique key is what makes issuing one twice impossible. */
export function certificatesSchema(sabotaged: Sabotaged): string {
  const once = sabotaged('issues-twice') ? '' : 'unique'
  return `
    create sequence if not exists certificate_number;
    create table if not exists certificates (
      number text primary key default 'C' || lpad(nextval('certificate_number')::text, 9, '0'),
      idempotency_key text not null ${once},
      kind text not null,
      resident text not null,
      official text not null,
      issued_at timestamptz(3) not null,
      document jsonb not null
    )`
}
