-- Texts that are longer than 360 bytes are held abridged: see codegen/src/sql/abridged.rs.
CREATE TABLE IF NOT EXISTS abridged (
  tenant bigint NOT NULL,
  text text COLLATE "C" NOT NULL,
  whole text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, text)
);
DO $$
DECLARE
  -- The beginning, of whole characters, and a hash of all.
  form CONSTANT text := 'convert_from(substring(convert_to(@, ''UTF8'') FROM 1 FOR (SELECT max(n)
    FROM generate_series(357, 360) n WHERE get_byte(convert_to(@, ''UTF8''), n) & 192 <> 128)), ''UTF8'')
    || left(encode(sha256(convert_to(@, ''UTF8'')), ''hex''), 40)';
  texts record;
BEGIN
  FOR texts IN
    SELECT quote_ident(c.relname) AS rows, quote_ident(a.attname) AS text, replace(form, '@', quote_ident(a.attname)) AS form
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname ~ '_[vse]$'
      AND a.atttypid = 'text'::regtype AND a.attnum > 0 AND NOT a.attisdropped
  LOOP
    EXECUTE format('INSERT INTO abridged SELECT DISTINCT tenant, %3$s, %2$s FROM %1$s WHERE octet_length(%2$s) > 360
      ON CONFLICT DO NOTHING', texts.rows, texts.text, texts.form);
    EXECUTE format('INSERT INTO stat (tenant, key, rows) SELECT DISTINCT tenant, key + 8589934592, 1 FROM %1$s
      WHERE octet_length(%2$s) > 360 ON CONFLICT DO NOTHING', texts.rows, texts.text);
    EXECUTE format('UPDATE %1$s SET %2$s = %3$s WHERE octet_length(%2$s) > 360', texts.rows, texts.text, texts.form);
  END LOOP;
  EXECUTE format('UPDATE system SET url = %s WHERE octet_length(url) > 360', replace(form, '@', 'url'));
  UPDATE stat SET rows = rows + 1 WHERE key = 0;
END $$
