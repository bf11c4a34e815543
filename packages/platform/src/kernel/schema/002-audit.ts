import type { SchemaVersion } from './version.ts';

/**
 * The records, the head of their chain, and triggers by which the database itself refuses to change them.
 *
 * A record is put into `audit_arrivals`, and linked to the chain by a deferred trigger, that is by the commit itself. So
 * the head is locked for no longer than a commit takes, the order of the chain is the order of the commits, and no two
 * transactions can lock each other out over it. Arrivals never outlive their transaction, hence no log is kept of them.
 *
 * The hash is `hashOf` of audit/chain.ts, and a test holds the two together. It is spelt out where it is needed: a function
 * of its own costs 60 µs a record, all of them under the lock.
 */
export const audit: SchemaVersion = {
  name: '002-audit',
  sql: `
    create table plumbline.audit (
      seq bigint primary key,
      at double precision not null,
      who text not null,
      what text not null,
      subject text not null,
      why text,
      detail json not null,
      key text not null unique,
      previous_hash text not null,
      hash text not null
    );
    create index audit_subject on plumbline.audit (subject, seq);

    create table plumbline.audit_head (
      is_head boolean primary key default true check (is_head),
      seq bigint not null,
      hash text not null,
      previous_hash text not null
    ) with (fillfactor = 10);
    insert into plumbline.audit_head (seq, hash, previous_hash) values (0, repeat('0', 64), repeat('0', 64));

    create unlogged table plumbline.audit_arrivals (
      at double precision not null,
      who text not null,
      what text not null,
      subject text not null,
      why text,
      detail json not null,
      key text primary key,
      content_hash text not null
    );

    create function plumbline.link_audit_arrival() returns trigger language plpgsql as $$
    declare
      head record;
    begin
      delete from plumbline.audit_arrivals where key = new.key;
      -- Whoever recorded the same key has committed by now: until then the arrivals' primary key kept this one waiting.
      if exists (select from plumbline.audit where key = new.key) then
        return null;
      end if;
      update plumbline.audit_head h set seq = h.seq + 1, previous_hash = h.hash,
        hash = encode(sha256(convert_to('{"content":"' || new.content_hash || '","previousHash":"' || h.hash
          || '","seq":' || (h.seq + 1)::text || '}', 'UTF8')), 'hex')
        returning h.seq, h.previous_hash, h.hash into strict head;
      insert into plumbline.audit (seq, at, who, what, subject, why, detail, key, previous_hash, hash)
        values (head.seq, new.at, new.who, new.what, new.subject, new.why, new.detail, new.key,
          head.previous_hash, head.hash);
      return null;
    end $$;
    create constraint trigger link_audit_arrival after insert on plumbline.audit_arrivals
      deferrable initially deferred for each row execute function plumbline.link_audit_arrival();

    create function plumbline.refuse_audit_change() returns trigger language plpgsql as $$
    begin
      raise exception 'the audit is append-only: % on plumbline.audit is refused', tg_op
        using errcode = 'insufficient_privilege';
    end $$;
    create trigger audit_is_append_only before update or delete or truncate on plumbline.audit
      for each statement execute function plumbline.refuse_audit_change();
    alter table plumbline.audit enable always trigger audit_is_append_only;`,
};
