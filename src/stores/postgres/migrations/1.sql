CREATE TABLE IF NOT EXISTS meta (
  name text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  PRIMARY KEY (name)
);
CREATE TABLE IF NOT EXISTS tenant (
  id bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (name)
);
CREATE TABLE IF NOT EXISTS type (
  id bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (name)
);
CREATE TABLE IF NOT EXISTS system (
  id bigint NOT NULL,
  url text COLLATE "C" NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (url)
);
CREATE TABLE IF NOT EXISTS resource (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  type bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  updated bigint NOT NULL,
  deleted bigint NOT NULL,
  PRIMARY KEY (tenant, ord)
);
CREATE TABLE IF NOT EXISTS resource_id (
  tenant bigint NOT NULL,
  type bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  live bigint NOT NULL,
  PRIMARY KEY (tenant, type, id)
);
CREATE TABLE IF NOT EXISTS stub (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ord)
);
CREATE TABLE IF NOT EXISTS inner_number (
  tenant bigint NOT NULL,
  type bigint NOT NULL,
  next bigint NOT NULL,
  PRIMARY KEY (tenant, type)
);
CREATE TABLE IF NOT EXISTS build (
  build bigint NOT NULL,
  type bigint NOT NULL,
  tenant bigint NOT NULL,
  done bigint NOT NULL,
  last bigint NOT NULL,
  PRIMARY KEY (build, type, tenant)
);
CREATE TABLE IF NOT EXISTS stat (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  rows bigint NOT NULL,
  PRIMARY KEY (tenant, key)
);
CREATE TABLE IF NOT EXISTS resource_updated (
  tenant bigint NOT NULL,
  updated bigint NOT NULL,
  ord bigint NOT NULL,
  PRIMARY KEY (tenant, updated, ord)
);
CREATE TABLE IF NOT EXISTS body (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (tenant, ord)
);
CREATE TABLE IF NOT EXISTS history (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  version bigint NOT NULL,
  updated bigint NOT NULL,
  method text COLLATE "C" NOT NULL,
  body bytea,
  PRIMARY KEY (tenant, ord, version)
);
CREATE TABLE IF NOT EXISTS token_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  code text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  system bigint NOT NULL,
  exact text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, key, code, ord, system, exact)
);
CREATE TABLE IF NOT EXISTS token_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  code text COLLATE "C" NOT NULL,
  system bigint NOT NULL,
  exact text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ord, key, code, system, exact)
);
CREATE TABLE IF NOT EXISTS text_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  text text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  rank bigint NOT NULL,
  exact text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, key, text, ord, rank, exact)
);
CREATE TABLE IF NOT EXISTS text_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  text text COLLATE "C" NOT NULL,
  rank bigint NOT NULL,
  exact text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ord, key, text, rank, exact)
);
CREATE TABLE IF NOT EXISTS ref_v (
  tenant bigint NOT NULL,
  target bigint NOT NULL,
  key bigint NOT NULL,
  ord bigint NOT NULL,
  version text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, target, key, ord, version)
);
CREATE TABLE IF NOT EXISTS ref_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  target bigint NOT NULL,
  version text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ord, key, target, version)
);
CREATE TABLE IF NOT EXISTS ref_text_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  url text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  PRIMARY KEY (tenant, key, url, ord)
);
CREATE TABLE IF NOT EXISTS ref_text_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  url text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ord, key, url)
);
CREATE TABLE IF NOT EXISTS url_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  url text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  version text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, key, url, ord, version)
);
CREATE TABLE IF NOT EXISTS url_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  url text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ord, key, url, version)
);
CREATE TABLE IF NOT EXISTS time_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  lo bigint NOT NULL,
  ord bigint NOT NULL,
  hi bigint NOT NULL,
  PRIMARY KEY (tenant, key, lo, ord, hi)
);
CREATE TABLE IF NOT EXISTS time_e (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  hi bigint NOT NULL,
  ord bigint NOT NULL,
  lo bigint NOT NULL,
  PRIMARY KEY (tenant, key, hi, ord, lo)
);
CREATE TABLE IF NOT EXISTS time_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  lo bigint NOT NULL,
  hi bigint NOT NULL,
  PRIMARY KEY (tenant, ord, key, lo, hi)
);
CREATE TABLE IF NOT EXISTS number_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  lo text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  hi text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, key, lo, ord, hi)
);
CREATE TABLE IF NOT EXISTS number_e (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  hi text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  lo text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, key, hi, ord, lo)
);
CREATE TABLE IF NOT EXISTS number_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  lo text COLLATE "C" NOT NULL,
  hi text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ord, key, lo, hi)
);
CREATE TABLE IF NOT EXISTS quantity_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  lo text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  hi text COLLATE "C" NOT NULL,
  system bigint NOT NULL,
  code text COLLATE "C" NOT NULL,
  unit text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, key, lo, ord, hi, system, code, unit)
);
CREATE TABLE IF NOT EXISTS quantity_e (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  hi text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  lo text COLLATE "C" NOT NULL,
  system bigint NOT NULL,
  code text COLLATE "C" NOT NULL,
  unit text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, key, hi, ord, lo, system, code, unit)
);
CREATE TABLE IF NOT EXISTS quantity_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  lo text COLLATE "C" NOT NULL,
  hi text COLLATE "C" NOT NULL,
  system bigint NOT NULL,
  code text COLLATE "C" NOT NULL,
  unit text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ord, key, lo, hi, system, code, unit)
);
CREATE TABLE IF NOT EXISTS word_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  word text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  PRIMARY KEY (tenant, key, word, ord)
);
CREATE TABLE IF NOT EXISTS point_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  z bigint NOT NULL,
  ord bigint NOT NULL,
  x bigint NOT NULL,
  y bigint NOT NULL,
  PRIMARY KEY (tenant, key, z, ord, x, y)
);
CREATE TABLE IF NOT EXISTS point_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  z bigint NOT NULL,
  x bigint NOT NULL,
  y bigint NOT NULL,
  PRIMARY KEY (tenant, ord, key, z, x, y)
);
CREATE TABLE IF NOT EXISTS token_token_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  code0 text COLLATE "C" NOT NULL,
  code1 text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  system0 bigint NOT NULL,
  exact0 text COLLATE "C" NOT NULL,
  system1 bigint NOT NULL,
  exact1 text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, key, code0, code1, ord, system0, exact0, system1, exact1)
);
CREATE TABLE IF NOT EXISTS token_token_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  code0 text COLLATE "C" NOT NULL,
  system0 bigint NOT NULL,
  exact0 text COLLATE "C" NOT NULL,
  code1 text COLLATE "C" NOT NULL,
  system1 bigint NOT NULL,
  exact1 text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ord, key, code0, system0, exact0, code1, system1, exact1)
);
CREATE TABLE IF NOT EXISTS token_quantity_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  code0 text COLLATE "C" NOT NULL,
  lo1 text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  system0 bigint NOT NULL,
  exact0 text COLLATE "C" NOT NULL,
  hi1 text COLLATE "C" NOT NULL,
  system1 bigint NOT NULL,
  code1 text COLLATE "C" NOT NULL,
  unit1 text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, key, code0, lo1, ord, system0, exact0, hi1, system1, code1, unit1)
);
CREATE TABLE IF NOT EXISTS token_quantity_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  code0 text COLLATE "C" NOT NULL,
  system0 bigint NOT NULL,
  exact0 text COLLATE "C" NOT NULL,
  lo1 text COLLATE "C" NOT NULL,
  hi1 text COLLATE "C" NOT NULL,
  system1 bigint NOT NULL,
  code1 text COLLATE "C" NOT NULL,
  unit1 text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ord, key, code0, system0, exact0, lo1, hi1, system1, code1, unit1)
);
CREATE TABLE IF NOT EXISTS token_number_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  code0 text COLLATE "C" NOT NULL,
  lo1 text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  system0 bigint NOT NULL,
  exact0 text COLLATE "C" NOT NULL,
  hi1 text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, key, code0, lo1, ord, system0, exact0, hi1)
);
CREATE TABLE IF NOT EXISTS token_number_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  code0 text COLLATE "C" NOT NULL,
  system0 bigint NOT NULL,
  exact0 text COLLATE "C" NOT NULL,
  lo1 text COLLATE "C" NOT NULL,
  hi1 text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ord, key, code0, system0, exact0, lo1, hi1)
);
CREATE TABLE IF NOT EXISTS token_time_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  code0 text COLLATE "C" NOT NULL,
  lo1 bigint NOT NULL,
  ord bigint NOT NULL,
  system0 bigint NOT NULL,
  exact0 text COLLATE "C" NOT NULL,
  hi1 bigint NOT NULL,
  PRIMARY KEY (tenant, key, code0, lo1, ord, system0, exact0, hi1)
);
CREATE TABLE IF NOT EXISTS token_time_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  code0 text COLLATE "C" NOT NULL,
  system0 bigint NOT NULL,
  exact0 text COLLATE "C" NOT NULL,
  lo1 bigint NOT NULL,
  hi1 bigint NOT NULL,
  PRIMARY KEY (tenant, ord, key, code0, system0, exact0, lo1, hi1)
);
CREATE TABLE IF NOT EXISTS token_text_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  code0 text COLLATE "C" NOT NULL,
  text1 text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  system0 bigint NOT NULL,
  exact0 text COLLATE "C" NOT NULL,
  rank1 bigint NOT NULL,
  exact1 text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, key, code0, text1, ord, system0, exact0, rank1, exact1)
);
CREATE TABLE IF NOT EXISTS token_text_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  code0 text COLLATE "C" NOT NULL,
  system0 bigint NOT NULL,
  exact0 text COLLATE "C" NOT NULL,
  text1 text COLLATE "C" NOT NULL,
  rank1 bigint NOT NULL,
  exact1 text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ord, key, code0, system0, exact0, text1, rank1, exact1)
);
CREATE TABLE IF NOT EXISTS token_number_number_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  code0 text COLLATE "C" NOT NULL,
  lo1 text COLLATE "C" NOT NULL,
  lo2 text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  system0 bigint NOT NULL,
  exact0 text COLLATE "C" NOT NULL,
  hi1 text COLLATE "C" NOT NULL,
  hi2 text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, key, code0, lo1, lo2, ord, system0, exact0, hi1, hi2)
);
CREATE TABLE IF NOT EXISTS token_number_number_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  code0 text COLLATE "C" NOT NULL,
  system0 bigint NOT NULL,
  exact0 text COLLATE "C" NOT NULL,
  lo1 text COLLATE "C" NOT NULL,
  hi1 text COLLATE "C" NOT NULL,
  lo2 text COLLATE "C" NOT NULL,
  hi2 text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ord, key, code0, system0, exact0, lo1, hi1, lo2, hi2)
);
CREATE TABLE IF NOT EXISTS ref_token_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  target0 bigint NOT NULL,
  code1 text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  version0 text COLLATE "C" NOT NULL,
  system1 bigint NOT NULL,
  exact1 text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, key, target0, code1, ord, version0, system1, exact1)
);
CREATE TABLE IF NOT EXISTS ref_token_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  target0 bigint NOT NULL,
  version0 text COLLATE "C" NOT NULL,
  code1 text COLLATE "C" NOT NULL,
  system1 bigint NOT NULL,
  exact1 text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ord, key, target0, version0, code1, system1, exact1)
);
CREATE TABLE IF NOT EXISTS ref_text_token_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  url0 text COLLATE "C" NOT NULL,
  code1 text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  system1 bigint NOT NULL,
  exact1 text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, key, url0, code1, ord, system1, exact1)
);
CREATE TABLE IF NOT EXISTS ref_text_token_s (
  tenant bigint NOT NULL,
  ord bigint NOT NULL,
  key bigint NOT NULL,
  url0 text COLLATE "C" NOT NULL,
  code1 text COLLATE "C" NOT NULL,
  system1 bigint NOT NULL,
  exact1 text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ord, key, url0, code1, system1, exact1)
);
CREATE TABLE IF NOT EXISTS present_v (
  tenant bigint NOT NULL,
  key bigint NOT NULL,
  ord bigint NOT NULL,
  PRIMARY KEY (tenant, key, ord)
);
