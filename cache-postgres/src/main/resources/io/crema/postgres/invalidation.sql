-- Crema: what PostgresInvalidation needs, where PostgreSQL carries the invalidations between instances. To be run once, in a
-- schema that is on the search path of the service's connections. Needs PostgreSQL 11 or newer.
--
-- A partition's row is locked from the advance of its clock to the commit, and NOTIFY delivers in the order of commits. So
-- the messages of a partition arrive in the order of their stamps.

CREATE TABLE IF NOT EXISTS crema_cache (
    namespace text NOT NULL,
    cache text NOT NULL,
    key_format text NOT NULL,
    partitions int NOT NULL,
    PRIMARY KEY (namespace, cache)
);

CREATE TABLE IF NOT EXISTS crema_partition (
    namespace text NOT NULL,
    cache text NOT NULL,
    partition int NOT NULL,
    clock bigint NOT NULL,
    floor bigint NOT NULL DEFAULT 0,
    epoch bigint NOT NULL DEFAULT 0,    -- the clock after the last repair
    repaired text,                      -- the history that it was for
    cleared text,                       -- the history for which it cleared, too
    PRIMARY KEY (namespace, cache, partition)
) WITH (fillfactor = 50);

-- Rows may be deleted at any time: entries with such a tag are then loaded anew.
CREATE TABLE IF NOT EXISTS crema_tag (
    namespace text NOT NULL,
    cache text NOT NULL,
    tag text NOT NULL,
    stamp bigint NOT NULL,
    token bigint NOT NULL,
    PRIMARY KEY (namespace, cache, tag)
);

-- One row, so that a schema that was dropped and made again, or copied to another server, is told from the first.
CREATE TABLE IF NOT EXISTS crema_history (id text NOT NULL);
INSERT INTO crema_history
    SELECT md5(random()::text || clock_timestamp()::text || pg_backend_pid()) WHERE NOT EXISTS (SELECT FROM crema_history);

-- Stays the same over a restart, which loses nothing; a promoted standby, or a backup restored up to a point in time, has
-- another timeline.
CREATE OR REPLACE FUNCTION crema_history_id() RETURNS text LANGUAGE sql AS $crema$
    SELECT (SELECT min(id) FROM crema_history) || ':' || (SELECT system_identifier FROM pg_control_system())
        || ':' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
$crema$;

CREATE OR REPLACE FUNCTION crema_micros() RETURNS bigint LANGUAGE sql AS $crema$
    SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
$crema$;

-- Locks a partition's row, and makes it if it was lost, above everything that may have been issued.
CREATE OR REPLACE FUNCTION crema_advance(a_namespace text, a_cache text, a_partition int, a_by bigint, a_least bigint)
RETURNS bigint LANGUAGE sql AS $crema$
    INSERT INTO crema_partition AS p (namespace, cache, partition, clock)
        VALUES (a_namespace, a_cache, a_partition, greatest(crema_micros(), a_least) + a_by)
        ON CONFLICT (namespace, cache, partition) DO UPDATE SET clock = p.clock + a_by
        RETURNING clock
$crema$;

-- Agrees on the terms of a cache; the first to come sets them.
CREATE OR REPLACE FUNCTION crema_open(
    a_namespace text, a_cache text, a_format text, a_partitions int, OUT key_format text, OUT partitions int)
LANGUAGE plpgsql AS $crema$
BEGIN
    INSERT INTO crema_cache VALUES (a_namespace, a_cache, a_format, a_partitions) ON CONFLICT DO NOTHING;
    SELECT c.key_format, c.partitions INTO key_format, partitions
        FROM crema_cache c WHERE c.namespace = a_namespace AND c.cache = a_cache;
    IF key_format = a_format THEN
        -- In order, as crema_position locks them. The last one is that of the tags.
        INSERT INTO crema_partition (namespace, cache, partition, clock)
            SELECT a_namespace, a_cache, i, crema_micros() FROM generate_series(0, partitions) i ORDER BY i
            ON CONFLICT DO NOTHING;
    END IF;
END
$crema$;

-- Advances the clock by the number of keys and tells all instances, in as many notifications as it takes: each carries
-- less than 8000 bytes, and its own part of the stamps.
CREATE OR REPLACE FUNCTION crema_invalidate(
    a_namespace text, a_cache text, a_partition int, a_kind text, a_keys bytea[], a_least bigint,
    OUT stamp bigint, OUT micros bigint)
LANGUAGE plpgsql AS $crema$
DECLARE
    head text := a_kind || E'\n' || a_cache || E'\n' || a_partition || E'\n';
    room int := 7900 - octet_length(head) - 60;
    body text := '';
    told bigint;
    count int := 0;
    key bytea;
    line text;
BEGIN
    stamp := crema_advance(a_namespace, a_cache, a_partition, cardinality(a_keys), a_least);
    micros := crema_micros();
    told := stamp - cardinality(a_keys);
    FOREACH key IN ARRAY a_keys LOOP
        line := E'\n' || translate(encode(key, 'base64'), E'\n', '');
        IF count > 0 AND length(body) + length(line) > room THEN
            told := told + count;
            PERFORM pg_notify('crema:' || a_namespace, head || told || E'\n' || count || E'\n' || micros || body);
            body := '';
            count := 0;
        END IF;
        body := body || line;
        count := count + 1;
    END LOOP;
    PERFORM pg_notify('crema:' || a_namespace, head || stamp || E'\n' || count || E'\n' || micros || body);
END
$crema$;

CREATE OR REPLACE FUNCTION crema_clear(a_namespace text, a_cache text, a_partition int, a_least bigint)
RETURNS bigint LANGUAGE plpgsql AS $crema$
DECLARE
    stamp bigint := crema_advance(a_namespace, a_cache, a_partition, 1, a_least);
BEGIN
    UPDATE crema_partition p SET floor = stamp
        WHERE p.namespace = a_namespace AND p.cache = a_cache AND p.partition = a_partition;
    PERFORM pg_notify('crema:' || a_namespace, 'clear' || E'\n' || a_cache || E'\n' || a_partition || E'\n' || stamp);
    RETURN stamp;
END
$crema$;

-- Once for each history, unless the clock is below what the caller has seen. Fails at a server of another history.
CREATE OR REPLACE FUNCTION crema_repair(
    a_namespace text, a_cache text, a_partition int, a_history text, a_clear boolean, a_least bigint)
RETURNS bigint LANGUAGE plpgsql AS $crema$
DECLARE
    ignored bigint := crema_advance(a_namespace, a_cache, a_partition, 0, a_least);
    old crema_partition;
    jumped bigint;
BEGIN
    IF a_history <> crema_history_id() THEN
        RAISE EXCEPTION 'the history % is to be repaired, but that of this server is %', a_history, crema_history_id();
    END IF;
    SELECT p.* INTO old FROM crema_partition p
        WHERE p.namespace = a_namespace AND p.cache = a_cache AND p.partition = a_partition;
    IF old.clock >= a_least AND (old.cleared = a_history OR NOT a_clear AND old.repaired = a_history) THEN
        RETURN old.epoch;
    END IF;
    jumped := greatest(old.clock, old.floor, a_least, crema_micros()) + 1048576;
    UPDATE crema_partition p
        SET clock = jumped, epoch = jumped, repaired = a_history,
            floor = CASE WHEN a_clear THEN jumped ELSE p.floor END,
            cleared = CASE WHEN a_clear THEN a_history ELSE p.cleared END
        WHERE p.namespace = a_namespace AND p.cache = a_cache AND p.partition = a_partition;
    IF a_clear THEN
        DELETE FROM crema_tag t USING crema_cache c
            WHERE t.namespace = a_namespace AND t.cache = a_cache
            AND c.namespace = a_namespace AND c.cache = a_cache AND c.partitions = a_partition;
    END IF;
    PERFORM pg_notify('crema:' || a_namespace, CASE WHEN a_clear THEN 'clear' ELSE 'epoch' END
        || E'\n' || a_cache || E'\n' || a_partition || E'\n' || jumped);
    RETURN jumped;
END
$crema$;

CREATE OR REPLACE FUNCTION crema_tag_versions(
    a_namespace text, a_cache text, a_partition int, a_tags text[], a_least bigint,
    OUT clock bigint, OUT tags text[], OUT stamps bigint[], OUT tokens bigint[])
LANGUAGE plpgsql AS $crema$
BEGIN
    -- The lock keeps out invalidations of tags until the commit.
    clock := crema_advance(a_namespace, a_cache, a_partition, 0, a_least);
    INSERT INTO crema_tag AS t
        SELECT a_namespace, a_cache, tag, crema_tag_versions.clock, ('x' || substr(md5(random()::text || tag), 1, 16))::bit(64)::bigint
        FROM (SELECT DISTINCT unnest(a_tags) AS tag) asked
        ON CONFLICT DO NOTHING;
    SELECT array_agg(t.tag), array_agg(t.stamp), array_agg(t.token) INTO tags, stamps, tokens
        FROM crema_tag t WHERE t.namespace = a_namespace AND t.cache = a_cache AND t.tag = ANY (a_tags);
END
$crema$;

CREATE OR REPLACE FUNCTION crema_invalidate_tag(
    a_namespace text, a_cache text, a_partition int, a_tag text, a_bytes bytea, a_token bigint, a_least bigint)
RETURNS bigint LANGUAGE plpgsql AS $crema$
DECLARE
    new_stamp bigint;
BEGIN
    SELECT i.stamp INTO new_stamp
        FROM crema_invalidate(a_namespace, a_cache, a_partition, 'written', ARRAY[a_bytes], a_least) i;
    INSERT INTO crema_tag VALUES (a_namespace, a_cache, a_tag, new_stamp, a_token)
        ON CONFLICT (namespace, cache, tag) DO UPDATE SET stamp = excluded.stamp, token = excluded.token;
    RETURN new_stamp;
END
$crema$;

-- Answers over the channel of the one who asks: the answer comes after all messages that were sent before it, and the locks
-- keep out everything else until then.
CREATE OR REPLACE FUNCTION crema_position(a_namespace text, a_cache text, a_partitions int[], a_reply text, a_head text)
RETURNS void LANGUAGE plpgsql AS $crema$
DECLARE
    at record;
    payload text := a_head || E'\n' || crema_history_id();
BEGIN
    FOR at IN
        SELECT p.partition, p.clock, p.floor FROM crema_partition p
            WHERE p.namespace = a_namespace AND p.cache = a_cache AND p.partition = ANY (a_partitions)
            ORDER BY p.partition FOR SHARE
    LOOP
        payload := payload || E'\n' || at.partition || ' ' || at.clock || ' ' || at.floor;
    END LOOP;
    PERFORM pg_notify(a_reply, payload);
END
$crema$;
