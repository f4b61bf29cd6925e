-- Pairs of a code and an interval lie in the order of the ends of the intervals too.
CREATE TABLE IF NOT EXISTS token_quantity_e (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  code0 text COLLATE "C" NOT NULL,
  hi1 text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  system0 bigint NOT NULL,
  exact0 text COLLATE "C" NOT NULL,
  lo1 text COLLATE "C" NOT NULL,
  system1 bigint NOT NULL,
  code1 text COLLATE "C" NOT NULL,
  unit1 text COLLATE "C" NOT NULL
);
INSERT INTO token_quantity_e (tenant, key, code0, hi1, ord, system0, exact0, lo1, system1, code1, unit1)
  SELECT tenant, key, code0, hi1, ord, system0, exact0, lo1, system1, code1, unit1 FROM token_quantity_v WHERE NOT EXISTS (SELECT 1 FROM token_quantity_e);
CREATE UNIQUE INDEX IF NOT EXISTS token_quantity_e_key ON token_quantity_e (tenant, key, code0, hi1, ord, system0, exact0, lo1, system1, code1, unit1);
ALTER TABLE token_quantity_e ALTER tenant SET STATISTICS 10, ALTER key SET STATISTICS 10, ALTER code0 SET STATISTICS 10, ALTER hi1 SET STATISTICS 10, ALTER ord SET STATISTICS 10, ALTER system0 SET STATISTICS 10, ALTER exact0 SET STATISTICS 10, ALTER lo1 SET STATISTICS 10, ALTER system1 SET STATISTICS 10, ALTER code1 SET STATISTICS 10, ALTER unit1 SET STATISTICS 10;
CREATE TABLE IF NOT EXISTS token_number_e (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  code0 text COLLATE "C" NOT NULL,
  hi1 text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  system0 bigint NOT NULL,
  exact0 text COLLATE "C" NOT NULL,
  lo1 text COLLATE "C" NOT NULL
);
INSERT INTO token_number_e (tenant, key, code0, hi1, ord, system0, exact0, lo1)
  SELECT tenant, key, code0, hi1, ord, system0, exact0, lo1 FROM token_number_v WHERE NOT EXISTS (SELECT 1 FROM token_number_e);
CREATE UNIQUE INDEX IF NOT EXISTS token_number_e_key ON token_number_e (tenant, key, code0, hi1, ord, system0, exact0, lo1);
ALTER TABLE token_number_e ALTER tenant SET STATISTICS 10, ALTER key SET STATISTICS 10, ALTER code0 SET STATISTICS 10, ALTER hi1 SET STATISTICS 10, ALTER ord SET STATISTICS 10, ALTER system0 SET STATISTICS 10, ALTER exact0 SET STATISTICS 10, ALTER lo1 SET STATISTICS 10;
CREATE TABLE IF NOT EXISTS token_time_e (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  code0 text COLLATE "C" NOT NULL,
  hi1 bigint NOT NULL,
  ord bigint NOT NULL,
  system0 bigint NOT NULL,
  exact0 text COLLATE "C" NOT NULL,
  lo1 bigint NOT NULL
);
INSERT INTO token_time_e (tenant, key, code0, hi1, ord, system0, exact0, lo1)
  SELECT tenant, key, code0, hi1, ord, system0, exact0, lo1 FROM token_time_v WHERE NOT EXISTS (SELECT 1 FROM token_time_e);
CREATE UNIQUE INDEX IF NOT EXISTS token_time_e_key ON token_time_e (tenant, key, code0, hi1, ord, system0, exact0, lo1);
ALTER TABLE token_time_e ALTER tenant SET STATISTICS 10, ALTER key SET STATISTICS 10, ALTER code0 SET STATISTICS 10, ALTER hi1 SET STATISTICS 10, ALTER ord SET STATISTICS 10, ALTER system0 SET STATISTICS 10, ALTER exact0 SET STATISTICS 10, ALTER lo1 SET STATISTICS 10;
