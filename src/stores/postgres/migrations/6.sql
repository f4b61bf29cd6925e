-- Elements of resources, and what the parts of each are.
CREATE TABLE IF NOT EXISTS element_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  part bigint NOT NULL,
  ord bigint NOT NULL,
  element bigint NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS element_v_key ON element_v (tenant, key, part, ord, element);
ALTER TABLE element_v ALTER tenant SET STATISTICS 10, ALTER key SET STATISTICS 10, ALTER part SET STATISTICS 10, ALTER ord SET STATISTICS 10, ALTER element SET STATISTICS 10;
CREATE TABLE IF NOT EXISTS part_token_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  element bigint NOT NULL,
  part bigint NOT NULL,
  code text COLLATE "C" NOT NULL,
  system bigint NOT NULL,
  exact text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS part_token_s_key ON part_token_s (tenant, ord, key, element, part, code, system, exact);
ALTER TABLE part_token_s ALTER tenant SET STATISTICS 10, ALTER ord SET STATISTICS 10, ALTER key SET STATISTICS 10, ALTER element SET STATISTICS 10, ALTER part SET STATISTICS 10, ALTER code SET STATISTICS 10, ALTER system SET STATISTICS 10, ALTER exact SET STATISTICS 10;
CREATE TABLE IF NOT EXISTS part_text_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  element bigint NOT NULL,
  part bigint NOT NULL,
  text text COLLATE "C" NOT NULL,
  rank bigint NOT NULL,
  exact text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS part_text_s_key ON part_text_s (tenant, ord, key, element, part, text, rank, exact);
ALTER TABLE part_text_s ALTER tenant SET STATISTICS 10, ALTER ord SET STATISTICS 10, ALTER key SET STATISTICS 10, ALTER element SET STATISTICS 10, ALTER part SET STATISTICS 10, ALTER text SET STATISTICS 10, ALTER rank SET STATISTICS 10, ALTER exact SET STATISTICS 10;
CREATE TABLE IF NOT EXISTS part_ref_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  target bigint NOT NULL,
  ord bigint NOT NULL,
  element bigint NOT NULL,
  part bigint NOT NULL,
  version text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS part_ref_v_key ON part_ref_v (tenant, key, target, ord, element, part, version);
CREATE INDEX IF NOT EXISTS part_ref_v_stub ON part_ref_v (tenant, target) WHERE (target & 137438953472) <> 0;
ALTER TABLE part_ref_v ALTER tenant SET STATISTICS 10, ALTER key SET STATISTICS 10, ALTER target SET STATISTICS 10, ALTER ord SET STATISTICS 10, ALTER element SET STATISTICS 10, ALTER part SET STATISTICS 10, ALTER version SET STATISTICS 10;
CREATE TABLE IF NOT EXISTS part_ref_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  element bigint NOT NULL,
  part bigint NOT NULL,
  target bigint NOT NULL,
  version text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS part_ref_s_key ON part_ref_s (tenant, ord, key, element, part, target, version);
CREATE INDEX IF NOT EXISTS part_ref_s_stub ON part_ref_s (tenant, target) WHERE (target & 137438953472) <> 0;
ALTER TABLE part_ref_s ALTER tenant SET STATISTICS 10, ALTER ord SET STATISTICS 10, ALTER key SET STATISTICS 10, ALTER element SET STATISTICS 10, ALTER part SET STATISTICS 10, ALTER target SET STATISTICS 10, ALTER version SET STATISTICS 10;
CREATE TABLE IF NOT EXISTS part_ref_text_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  element bigint NOT NULL,
  part bigint NOT NULL,
  url text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS part_ref_text_s_key ON part_ref_text_s (tenant, ord, key, element, part, url);
ALTER TABLE part_ref_text_s ALTER tenant SET STATISTICS 10, ALTER ord SET STATISTICS 10, ALTER key SET STATISTICS 10, ALTER element SET STATISTICS 10, ALTER part SET STATISTICS 10, ALTER url SET STATISTICS 10;
CREATE TABLE IF NOT EXISTS part_time_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  element bigint NOT NULL,
  part bigint NOT NULL,
  lo bigint NOT NULL,
  hi bigint NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS part_time_s_key ON part_time_s (tenant, ord, key, element, part, lo, hi);
ALTER TABLE part_time_s ALTER tenant SET STATISTICS 10, ALTER ord SET STATISTICS 10, ALTER key SET STATISTICS 10, ALTER element SET STATISTICS 10, ALTER part SET STATISTICS 10, ALTER lo SET STATISTICS 10, ALTER hi SET STATISTICS 10;
CREATE TABLE IF NOT EXISTS part_number_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  element bigint NOT NULL,
  part bigint NOT NULL,
  lo text COLLATE "C" NOT NULL,
  hi text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS part_number_s_key ON part_number_s (tenant, ord, key, element, part, lo, hi);
ALTER TABLE part_number_s ALTER tenant SET STATISTICS 10, ALTER ord SET STATISTICS 10, ALTER key SET STATISTICS 10, ALTER element SET STATISTICS 10, ALTER part SET STATISTICS 10, ALTER lo SET STATISTICS 10, ALTER hi SET STATISTICS 10;
CREATE TABLE IF NOT EXISTS part_quantity_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  element bigint NOT NULL,
  part bigint NOT NULL,
  lo text COLLATE "C" NOT NULL,
  hi text COLLATE "C" NOT NULL,
  system bigint NOT NULL,
  code text COLLATE "C" NOT NULL,
  unit text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS part_quantity_s_key ON part_quantity_s (tenant, ord, key, element, part, lo, hi, system, code, unit);
ALTER TABLE part_quantity_s ALTER tenant SET STATISTICS 10, ALTER ord SET STATISTICS 10, ALTER key SET STATISTICS 10, ALTER element SET STATISTICS 10, ALTER part SET STATISTICS 10, ALTER lo SET STATISTICS 10, ALTER hi SET STATISTICS 10, ALTER system SET STATISTICS 10, ALTER code SET STATISTICS 10, ALTER unit SET STATISTICS 10;
