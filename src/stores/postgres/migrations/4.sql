-- How many rows hold a text that is kept whole: with the last of them it goes.
ALTER TABLE abridged ADD COLUMN IF NOT EXISTS uses bigint NOT NULL DEFAULT 0;
ALTER TABLE abridged ALTER COLUMN uses DROP DEFAULT;
DO $$
DECLARE
  texts record;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM abridged) THEN
    RETURN;
  END IF;
  UPDATE abridged SET uses = 0;
  -- One order of the rows of each kind: by source, or by value where there is no such.
  FOR texts IN
    SELECT quote_ident(c.relname) AS rows, quote_ident(a.attname) AS text
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
      AND (c.relname ~ '_s$' OR c.relname ~ '_v$' AND to_regclass(regexp_replace(c.relname, 'v$', 's')) IS NULL)
      AND a.atttypid = 'text'::regtype AND a.attnum > 0 AND NOT a.attisdropped
  LOOP
    EXECUTE format('UPDATE abridged a SET uses = a.uses + w.uses FROM (SELECT tenant, %2$s AS text, count(*) AS uses FROM %1$s
      WHERE octet_length(%2$s) > 360 GROUP BY 1, 2) w WHERE a.tenant = w.tenant AND a.text = w.text', texts.rows, texts.text);
  END LOOP;
  DELETE FROM abridged WHERE uses = 0;
END $$
