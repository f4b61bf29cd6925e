-- For each class of classes.txt the best statements that a person would write for our own tables, who knows them and
-- the data of `fhirc generate`. `cargo bench --bench search` runs them beside ours and checks that they find the same.
--
--   `-- label: bound: reason`  begins a class. The bound is what the first page costs with N resources:
--                              `page`: what a page reads, whatever N is; `middling`: may grow with √N, where matches are
--                              neither dense nor few; `linear`: with what is counted, sorted, or looked through in vain.
--   `-- or`       another way to the same page; the faster one counts.
--   `-- next`     a page behind the first: `:k` and `:ord` are the last sort value and number of the page before.
--   `-- include`  what comes along with the page, whose numbers are the JSON array `:page`.
--   `-- total`    counts.
--
-- A page yields `ord`, then the sort value if there is one, of 21 resources: one more than it holds. `{Patient}` and
-- `{Patient+}` are the first number of a type and the one past the last, `{Patient.name}` the number of a key,
-- `{Patient.deceased#present}` that of another facet. The tenant is 1.

-- string-prefix-many: page: matches are dense
SELECT DISTINCT ord FROM text_s
WHERE tenant = 1 AND ord >= {Patient} AND ord < {Patient+} AND key = {Patient.name} AND text >= 's' AND text < 't'
ORDER BY ord LIMIT 21
-- or
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Patient} AND r.ord < {Patient+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM text_s t WHERE t.tenant = 1 AND t.ord = r.ord AND t.key = {Patient.name} AND t.text >= 's' AND t.text < 't')
ORDER BY r.ord LIMIT 21

-- string-prefix-some: middling: one family name in a hundred
SELECT DISTINCT ord FROM text_v WHERE tenant = 1 AND key = {Patient.family} AND text >= 'smith' AND text < 'smiti'
ORDER BY ord LIMIT 21
-- or
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Patient} AND r.ord < {Patient+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM text_s t WHERE t.tenant = 1 AND t.ord = r.ord AND t.key = {Patient.family} AND t.text >= 'smith' AND t.text < 'smiti')
ORDER BY r.ord LIMIT 21

-- string-none: page: nothing begins so
SELECT DISTINCT ord FROM text_v WHERE tenant = 1 AND key = {Patient.name} AND text >= 'zzzzq' AND text < 'zzzzr'
ORDER BY ord LIMIT 21

-- string-exact: page: rows of one text lie in page order
SELECT DISTINCT ord FROM text_v WHERE tenant = 1 AND key = {Patient.family} AND text = 'muller' AND exact = 'Müller'
ORDER BY ord LIMIT 21

-- string-contains: page: matches are dense
SELECT DISTINCT ord FROM text_s
WHERE tenant = 1 AND ord >= {Patient} AND ord < {Patient+} AND key = {Patient.name} AND instr(text, 'ith') > 0
ORDER BY ord LIMIT 21
-- or
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Patient} AND r.ord < {Patient+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM text_s t WHERE t.tenant = 1 AND t.ord = r.ord AND t.key = {Patient.name} AND instr(t.text, 'ith') > 0)
ORDER BY r.ord LIMIT 21

-- identifier: page: one has it
SELECT DISTINCT ord FROM token_v WHERE tenant = 1 AND key = {Patient.identifier} AND code = '142192638'
AND system = (SELECT id FROM system WHERE url = 'https://identity.example.org/us') ORDER BY ord LIMIT 21

-- token-common: page: rows of one code lie in page order
SELECT DISTINCT ord FROM token_v WHERE tenant = 1 AND key = {Observation.code} AND code = '85354-9'
AND system = (SELECT id FROM system WHERE url = 'http://loinc.org') ORDER BY ord LIMIT 21

-- token-rare: page: rows of one code lie in page order
SELECT DISTINCT ord FROM token_v WHERE tenant = 1 AND key = {Observation.code} AND code = '6598-7'
AND system = (SELECT id FROM system WHERE url = 'http://loinc.org') ORDER BY ord LIMIT 21

-- token-none: page: nothing has it
SELECT DISTINCT ord FROM token_v WHERE tenant = 1 AND key = {Observation.code} AND code = 'none'
AND system = (SELECT id FROM system WHERE url = 'http://loinc.org') ORDER BY ord LIMIT 21

-- token-status: page: rows of one code lie in page order
SELECT DISTINCT ord FROM token_v WHERE tenant = 1 AND key = {Observation.status} AND code = 'final' ORDER BY ord LIMIT 21

-- token-not: page: matches are dense
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Patient} AND r.ord < {Patient+} AND r.deleted = 0
AND NOT EXISTS (SELECT 1 FROM token_v t WHERE t.tenant = 1 AND t.key = {Patient.gender} AND t.code = 'male' AND t.ord = r.ord)
ORDER BY r.ord LIMIT 21

-- missing-true: page: matches are dense
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Patient} AND r.ord < {Patient+} AND r.deleted = 0
AND NOT EXISTS (SELECT 1 FROM present_v p WHERE p.tenant = 1 AND p.key = {Patient.death-date#present} AND p.ord = r.ord)
ORDER BY r.ord LIMIT 21

-- missing-false: page: rows lie in page order
SELECT ord FROM present_v WHERE tenant = 1 AND key = {Patient.death-date#present} ORDER BY ord LIMIT 21

-- token-or-50: page: matches are dense
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Observation} AND r.ord < {Observation+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM token_s t WHERE t.tenant = 1 AND t.ord = r.ord AND t.key = {Observation.code}
  AND t.system = (SELECT id FROM system WHERE url = 'http://loinc.org') AND t.code IN ('85354-9', '8867-4', '29463-7', '8310-5', '2708-6', '2345-7', '9279-1', '718-7', '2160-0', '8302-2', '2823-3', '2951-2', '39156-5', '6690-2', '4548-4', '2093-3', '72166-2', '777-3', '1988-5', '72514-3', '18262-6', '2085-9', '2571-8', '3094-0', '1742-6', '1920-8', '33914-3', '17861-6', '1975-2', '3016-3', '5804-0', '14749-6', '5767-9', '2276-4', '14682-9', '1751-7', '883-9', '14959-1', '10230-1', '6598-7', 'none-0', 'none-1', 'none-2', 'none-3', 'none-4', 'none-5', 'none-6', 'none-7', 'none-8', 'none-9'))
ORDER BY r.ord LIMIT 21
-- or
SELECT DISTINCT ord FROM token_s WHERE tenant = 1 AND ord >= {Observation} AND ord < {Observation+} AND key = {Observation.code}
AND system = (SELECT id FROM system WHERE url = 'http://loinc.org') AND code IN ('85354-9', '8867-4', '29463-7', '8310-5', '2708-6', '2345-7', '9279-1', '718-7', '2160-0', '8302-2', '2823-3', '2951-2', '39156-5', '6690-2', '4548-4', '2093-3', '72166-2', '777-3', '1988-5', '72514-3', '18262-6', '2085-9', '2571-8', '3094-0', '1742-6', '1920-8', '33914-3', '17861-6', '1975-2', '3016-3', '5804-0', '14749-6', '5767-9', '2276-4', '14682-9', '1751-7', '883-9', '14959-1', '10230-1', '6598-7', 'none-0', 'none-1', 'none-2', 'none-3', 'none-4', 'none-5', 'none-6', 'none-7', 'none-8', 'none-9')
ORDER BY ord LIMIT 21

-- date-wide: page: matches are dense
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Observation} AND r.ord < {Observation+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM time_s t WHERE t.tenant = 1 AND t.ord = r.ord AND t.key = {Observation.date}
  AND (t.lo >= unixepoch('2000-01-01') * 1000000 OR t.hi > unixepoch('2001-01-01') * 1000000))
ORDER BY r.ord LIMIT 21

-- date-narrow: page: one day has few
SELECT DISTINCT ord FROM time_v WHERE tenant = 1 AND key = {Observation.date}
AND lo >= unixepoch('2024-01-29') * 1000000 AND lo < unixepoch('2024-01-30') * 1000000
AND hi <= unixepoch('2024-01-30') * 1000000
ORDER BY ord LIMIT 21

-- date-month: middling: a month of sixty
SELECT DISTINCT ord FROM time_v WHERE tenant = 1 AND key = {Encounter.date}
AND lo >= unixepoch('2023-05-01') * 1000000 AND lo < unixepoch('2023-06-01') * 1000000
AND hi <= unixepoch('2023-06-01') * 1000000
ORDER BY ord LIMIT 21
-- or
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Encounter} AND r.ord < {Encounter+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM time_s t WHERE t.tenant = 1 AND t.ord = r.ord AND t.key = {Encounter.date}
  AND t.lo >= unixepoch('2023-05-01') * 1000000 AND t.lo < unixepoch('2023-06-01') * 1000000
  AND t.hi <= unixepoch('2023-06-01') * 1000000)
ORDER BY r.ord LIMIT 21

-- quantity-unit: middling: one observation in two hundred
SELECT DISTINCT ord FROM quantity_v WHERE tenant = 1 AND key = {Observation.value-quantity#canonical}
AND lo > 'pS1.0' AND system = (SELECT id FROM system WHERE url = 'http://unitsofmeasure.org') AND code = 'g' ORDER BY ord LIMIT 21
-- or
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Observation} AND r.ord < {Observation+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM quantity_s q WHERE q.tenant = 1 AND q.ord = r.ord AND q.key = {Observation.value-quantity#canonical}
  AND q.hi > 'pS1.1' AND q.system = (SELECT id FROM system WHERE url = 'http://unitsofmeasure.org') AND q.code = 'g')
ORDER BY r.ord LIMIT 21

-- quantity-code: middling: rows of one code and its values lie together, few weigh so much
SELECT DISTINCT ord FROM token_quantity_e WHERE tenant = 1 AND key = {Observation.code-value-quantity#canonical} AND code0 = '29463-7'
AND system0 = (SELECT id FROM system WHERE url = 'http://loinc.org') AND hi1 > 'pS12.1'
AND system1 = (SELECT id FROM system WHERE url = 'http://unitsofmeasure.org') AND code1 = 'g' ORDER BY ord LIMIT 21
-- or
SELECT DISTINCT t.ord FROM token_v t WHERE t.tenant = 1 AND t.key = {Observation.code} AND t.code = '29463-7' AND t.system = (SELECT id FROM system WHERE url = 'http://loinc.org')
AND EXISTS (SELECT 1 FROM quantity_s q WHERE q.tenant = 1 AND q.ord = t.ord AND q.key = {Observation.value-quantity#canonical}
  AND q.hi > 'pS12.1' AND q.system = (SELECT id FROM system WHERE url = 'http://unitsofmeasure.org') AND q.code = 'g')
ORDER BY t.ord LIMIT 21
-- or
SELECT DISTINCT q.ord FROM quantity_v q WHERE q.tenant = 1 AND q.key = {Observation.value-quantity#canonical} AND q.lo > 'pS12.0'
AND q.system = (SELECT id FROM system WHERE url = 'http://unitsofmeasure.org') AND q.code = 'g'
AND EXISTS (SELECT 1 FROM token_s t WHERE t.tenant = 1 AND t.ord = q.ord AND t.key = {Observation.code} AND t.code = '29463-7' AND t.system = (SELECT id FROM system WHERE url = 'http://loinc.org'))
ORDER BY q.ord LIMIT 21

-- reference-typed: page: one patient has few
SELECT ord FROM ref_v WHERE tenant = 1 AND target = (SELECT ord FROM resource_id WHERE tenant = 1 AND type = {Patient#type} AND id = 'patient-76') AND key = {Observation.subject} ORDER BY ord LIMIT 21

-- reference-bare: page: one patient has few
SELECT ord FROM ref_v WHERE tenant = 1 AND target = (SELECT ord FROM resource_id WHERE tenant = 1 AND type = {Patient#type} AND id = 'patient-76') AND key = {Observation.subject} ORDER BY ord LIMIT 21

-- last-updated: page: matches are dense
SELECT ord FROM resource WHERE tenant = 1 AND ord >= {Observation} AND ord < {Observation+} AND deleted = 0
AND updated >= unixepoch('2024-06-01') * 1000000 ORDER BY ord LIMIT 21

-- and-of-four: page: rows of one code lie in page order, the others are dense
SELECT DISTINCT t.ord FROM token_v t WHERE t.tenant = 1 AND t.key = {Observation.code} AND t.code = '8867-4' AND t.system = (SELECT id FROM system WHERE url = 'http://loinc.org')
AND EXISTS (SELECT 1 FROM token_s s WHERE s.tenant = 1 AND s.ord = t.ord AND s.key = {Observation.status} AND s.code = 'final')
AND EXISTS (SELECT 1 FROM time_s d WHERE d.tenant = 1 AND d.ord = t.ord AND d.key = {Observation.date} AND d.lo >= unixepoch('2022-01-01') * 1000000)
AND EXISTS (SELECT 1 FROM token_s c WHERE c.tenant = 1 AND c.ord = t.ord AND c.key = {Observation.category} AND c.code = 'vital-signs')
ORDER BY t.ord LIMIT 21

-- chain-dense: page: matches are dense
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Observation} AND r.ord < {Observation+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM ref_s e CROSS JOIN token_s t WHERE e.tenant = 1 AND e.ord = r.ord AND e.key = {Observation.subject}
  AND t.tenant = 1 AND t.ord = e.target AND t.key = {Patient.gender} AND t.code = 'female')
ORDER BY r.ord LIMIT 21

-- chain-sparse: page: one patient has few
SELECT DISTINCT e.ord FROM token_v t CROSS JOIN ref_v e WHERE t.tenant = 1 AND t.key = {Patient.identifier} AND t.code = '142192638'
AND e.tenant = 1 AND e.target = t.ord AND e.key = {Observation.subject} ORDER BY e.ord LIMIT 21

-- chain-name: middling: one patient in a hundred
SELECT DISTINCT e.ord FROM text_v t CROSS JOIN ref_v e WHERE t.tenant = 1 AND t.key = {Patient.name} AND t.text >= 'smith' AND t.text < 'smiti'
AND e.tenant = 1 AND e.target = t.ord AND e.key = {Observation.subject} ORDER BY e.ord LIMIT 21
-- or
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Observation} AND r.ord < {Observation+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM ref_s e CROSS JOIN text_s t WHERE e.tenant = 1 AND e.ord = r.ord AND e.key = {Observation.subject}
  AND t.tenant = 1 AND t.ord = e.target AND t.key = {Patient.name} AND t.text >= 'smith' AND t.text < 'smiti')
ORDER BY r.ord LIMIT 21

-- chain-none: page: nobody has the name
SELECT DISTINCT e.ord FROM text_v t CROSS JOIN ref_v e WHERE t.tenant = 1 AND t.key = {Patient.name} AND t.text >= 'zzzzq' AND t.text < 'zzzzr'
AND e.tenant = 1 AND e.target = t.ord AND e.key = {Observation.subject} ORDER BY e.ord LIMIT 21

-- chain-two-dense: page: matches are dense
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {DiagnosticReport} AND r.ord < {DiagnosticReport+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM ref_s d CROSS JOIN ref_s e CROSS JOIN token_s t
  WHERE d.tenant = 1 AND d.ord = r.ord AND d.key = {DiagnosticReport.result}
  AND e.tenant = 1 AND e.ord = d.target AND e.key = {Observation.subject}
  AND t.tenant = 1 AND t.ord = e.target AND t.key = {Patient.gender} AND t.code = 'male')
ORDER BY r.ord LIMIT 21

-- chain-two-sparse: page: one patient has few
SELECT DISTINCT d.ord FROM token_v t CROSS JOIN ref_v e CROSS JOIN ref_v d
WHERE t.tenant = 1 AND t.key = {Patient.identifier} AND t.code = '142192638'
AND e.tenant = 1 AND e.target = t.ord AND e.key = {Observation.subject}
AND d.tenant = 1 AND d.target = e.ord AND d.key = {DiagnosticReport.result} ORDER BY d.ord LIMIT 21

-- chain-three: middling: one report in forty
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {DiagnosticReport} AND r.ord < {DiagnosticReport+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM ref_s d CROSS JOIN ref_s e CROSS JOIN ref_s p CROSS JOIN text_s t
  WHERE d.tenant = 1 AND d.ord = r.ord AND d.key = {DiagnosticReport.result}
  AND e.tenant = 1 AND e.ord = d.target AND e.key = {Observation.encounter}
  AND p.tenant = 1 AND p.ord = e.target AND p.key = {Encounter.service-provider}
  AND t.tenant = 1 AND t.ord = p.target AND t.key = {Organization.name} AND t.text >= 'meridian' AND t.text < 'meridiao')
ORDER BY r.ord LIMIT 21
-- or
SELECT DISTINCT d.ord FROM text_v t CROSS JOIN ref_v p CROSS JOIN ref_v e CROSS JOIN ref_v d
WHERE t.tenant = 1 AND t.key = {Organization.name} AND t.text >= 'meridian' AND t.text < 'meridiao'
AND p.tenant = 1 AND p.target = t.ord AND p.key = {Encounter.service-provider}
AND e.tenant = 1 AND e.target = p.ord AND e.key = {Observation.encounter}
AND d.tenant = 1 AND d.target = e.ord AND d.key = {DiagnosticReport.result} ORDER BY d.ord LIMIT 21

-- chain-three-sparse: page: one patient has few
SELECT DISTINCT d.ord FROM token_v t CROSS JOIN ref_v p CROSS JOIN ref_v e CROSS JOIN ref_v d
WHERE t.tenant = 1 AND t.key = {Patient.identifier} AND t.code = '142192638'
AND p.tenant = 1 AND p.target = t.ord AND p.key = {Encounter.subject}
AND e.tenant = 1 AND e.target = p.ord AND e.key = {Observation.encounter}
AND d.tenant = 1 AND d.target = e.ord AND d.key = {DiagnosticReport.result} ORDER BY d.ord LIMIT 21

-- chain-and-reference: page: one encounter has few
SELECT e.ord FROM ref_v e WHERE e.tenant = 1
AND e.target = (SELECT ord FROM resource_id WHERE tenant = 1 AND type = {Encounter#type} AND id = 'encounter-76-5') AND e.key = {Observation.encounter}
AND EXISTS (SELECT 1 FROM ref_s s CROSS JOIN token_s t WHERE s.tenant = 1 AND s.ord = e.ord AND s.key = {Observation.subject}
  AND t.tenant = 1 AND t.ord = s.target AND t.key = {Patient.gender} AND t.code = 'male')
ORDER BY e.ord LIMIT 21

-- chain-and-code: middling: rows of the code lie in page order, one patient in a hundred has the name
SELECT DISTINCT c.ord FROM token_v c WHERE c.tenant = 1 AND c.key = {Observation.code} AND c.code = '6598-7' AND c.system = (SELECT id FROM system WHERE url = 'http://loinc.org')
AND EXISTS (SELECT 1 FROM ref_s e CROSS JOIN text_s t WHERE e.tenant = 1 AND e.ord = c.ord AND e.key = {Observation.subject}
  AND t.tenant = 1 AND t.ord = e.target AND t.key = {Patient.name} AND t.text >= 'smith' AND t.text < 'smiti')
ORDER BY c.ord LIMIT 21
-- or
SELECT DISTINCT e.ord FROM text_v t CROSS JOIN ref_v e CROSS JOIN token_s c
WHERE t.tenant = 1 AND t.key = {Patient.name} AND t.text >= 'smith' AND t.text < 'smiti'
AND e.tenant = 1 AND e.target = t.ord AND e.key = {Observation.subject}
AND c.tenant = 1 AND c.ord = e.ord AND c.key = {Observation.code} AND c.code = '6598-7' AND c.system = (SELECT id FROM system WHERE url = 'http://loinc.org')
ORDER BY e.ord LIMIT 21

-- has-dense: page: matches are dense
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Patient} AND r.ord < {Patient+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM ref_v e CROSS JOIN token_s t WHERE e.tenant = 1 AND e.target = r.ord AND e.key = {Observation.patient}
  AND t.tenant = 1 AND t.ord = e.ord AND t.key = {Observation.code} AND t.code = '85354-9' AND t.system = (SELECT id FROM system WHERE url = 'http://loinc.org'))
ORDER BY r.ord LIMIT 21

-- has-sparse: middling: one observation in a hundred
SELECT DISTINCT e.target FROM token_v t CROSS JOIN ref_s e CROSS JOIN resource r
WHERE t.tenant = 1 AND t.key = {Observation.code} AND t.code = '6598-7' AND t.system = (SELECT id FROM system WHERE url = 'http://loinc.org')
AND e.tenant = 1 AND e.ord = t.ord AND e.key = {Observation.patient}
AND e.target >= {Patient} AND e.target < {Patient+} AND r.tenant = 1 AND r.ord = e.target AND r.deleted = 0
ORDER BY e.target LIMIT 21
-- or
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Patient} AND r.ord < {Patient+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM ref_v e CROSS JOIN token_s t WHERE e.tenant = 1 AND e.target = r.ord AND e.key = {Observation.patient}
  AND t.tenant = 1 AND t.ord = e.ord AND t.key = {Observation.code} AND t.code = '6598-7' AND t.system = (SELECT id FROM system WHERE url = 'http://loinc.org'))
ORDER BY r.ord LIMIT 21

-- has-and-selective: page: one patient has the identifier
SELECT DISTINCT i.ord FROM token_v i WHERE i.tenant = 1 AND i.key = {Patient.identifier} AND i.code = '142192638'
AND EXISTS (SELECT 1 FROM ref_v e CROSS JOIN token_s t WHERE e.tenant = 1 AND e.target = i.ord AND e.key = {Observation.patient}
  AND t.tenant = 1 AND t.ord = e.ord AND t.key = {Observation.code} AND t.code = '85354-9' AND t.system = (SELECT id FROM system WHERE url = 'http://loinc.org'))
ORDER BY i.ord LIMIT 21

-- has-nested: middling: some encounters of each practitioner, one observation in a hundred
SELECT DISTINCT p.target FROM token_v t CROSS JOIN ref_s e CROSS JOIN ref_s p CROSS JOIN resource r
WHERE t.tenant = 1 AND t.key = {Observation.code} AND t.code = '6598-7' AND t.system = (SELECT id FROM system WHERE url = 'http://loinc.org')
AND e.tenant = 1 AND e.ord = t.ord AND e.key = {Observation.encounter}
AND p.tenant = 1 AND p.ord = e.target AND p.key = {Encounter.practitioner}
AND p.target >= {Practitioner} AND p.target < {Practitioner+} AND r.tenant = 1 AND r.ord = p.target AND r.deleted = 0
ORDER BY p.target LIMIT 21
-- or
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Practitioner} AND r.ord < {Practitioner+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM ref_v p CROSS JOIN ref_v e CROSS JOIN token_s t
  WHERE p.tenant = 1 AND p.target = r.ord AND p.key = {Encounter.practitioner}
  AND e.tenant = 1 AND e.target = p.ord AND e.key = {Observation.encounter}
  AND t.tenant = 1 AND t.ord = e.ord AND t.key = {Observation.code} AND t.code = '6598-7' AND t.system = (SELECT id FROM system WHERE url = 'http://loinc.org'))
ORDER BY r.ord LIMIT 21

-- has-nested-dense: page: matches are dense
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Practitioner} AND r.ord < {Practitioner+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM ref_v p CROSS JOIN ref_v e CROSS JOIN token_s t
  WHERE p.tenant = 1 AND p.target = r.ord AND p.key = {Encounter.practitioner}
  AND e.tenant = 1 AND e.target = p.ord AND e.key = {Observation.encounter}
  AND t.tenant = 1 AND t.ord = e.ord AND t.key = {Observation.code} AND t.code = '85354-9' AND t.system = (SELECT id FROM system WHERE url = 'http://loinc.org'))
ORDER BY r.ord LIMIT 21

-- has-none: page: nothing has the code
SELECT DISTINCT e.target FROM token_v t CROSS JOIN ref_s e
WHERE t.tenant = 1 AND t.key = {Observation.code} AND t.code = 'none' AND t.system = (SELECT id FROM system WHERE url = 'http://loinc.org')
AND e.tenant = 1 AND e.ord = t.ord AND e.key = {Observation.patient} ORDER BY e.target LIMIT 21

-- all: page: resources lie in page order
SELECT ord FROM resource WHERE tenant = 1 AND ord >= {Observation} AND ord < {Observation+} AND deleted = 0 ORDER BY ord LIMIT 21
-- next
SELECT ord FROM resource WHERE tenant = 1 AND ord > :ord AND ord < {Observation+} AND deleted = 0 ORDER BY ord LIMIT 21

-- sort-date: page: rows lie in the order of the starts, which in these data is nearly that of the ends
SELECT ord, hi FROM (SELECT ord, hi FROM time_v WHERE tenant = 1 AND key = {Observation.date} ORDER BY lo DESC LIMIT 100)
ORDER BY hi DESC, ord DESC LIMIT 21
-- next
SELECT ord, hi FROM (SELECT ord, hi FROM time_v WHERE tenant = 1 AND key = {Observation.date} AND lo < :k AND (hi, ord) < (:k, :ord)
  ORDER BY lo DESC LIMIT 100)
ORDER BY hi DESC, ord DESC LIMIT 21

-- sort-string: page: rows lie in the order of their texts
SELECT t.ord, t.text FROM text_v t WHERE t.tenant = 1 AND t.key = {Patient.family} AND t.rank IN (0, 3)
AND NOT EXISTS (SELECT 1 FROM text_s o WHERE o.tenant = 1 AND o.ord = t.ord AND o.key = {Patient.family} AND o.rank IN (0, 3) AND o.text < t.text)
ORDER BY t.text, t.ord LIMIT 21
-- next
SELECT t.ord, t.text FROM text_v t WHERE t.tenant = 1 AND t.key = {Patient.family} AND (t.text, t.ord) > (:k, :ord) AND t.rank IN (0, 3)
AND NOT EXISTS (SELECT 1 FROM text_s o WHERE o.tenant = 1 AND o.ord = t.ord AND o.key = {Patient.family} AND o.rank IN (0, 3) AND o.text < t.text)
ORDER BY t.text, t.ord LIMIT 21

-- sort-quantity: page: rows of one code lie in the order of its values
SELECT ord, hi1 FROM token_quantity_e WHERE tenant = 1 AND key = {Observation.code-value-quantity#canonical} AND code0 = '8867-4'
AND system0 = (SELECT id FROM system WHERE url = 'http://loinc.org') ORDER BY hi1 DESC, ord DESC LIMIT 21
-- or
SELECT t.ord, (SELECT max(q.hi) FROM quantity_s q WHERE q.tenant = 1 AND q.ord = t.ord AND q.key = {Observation.value-quantity#canonical}) AS k
FROM token_v t WHERE t.tenant = 1 AND t.key = {Observation.code} AND t.code = '8867-4' AND t.system = (SELECT id FROM system WHERE url = 'http://loinc.org')
ORDER BY k DESC NULLS LAST, t.ord DESC LIMIT 21
-- next
SELECT ord, hi1 FROM token_quantity_e WHERE tenant = 1 AND key = {Observation.code-value-quantity#canonical} AND code0 = '8867-4'
AND system0 = (SELECT id FROM system WHERE url = 'http://loinc.org') AND (hi1, ord) < (:k, :ord) ORDER BY hi1 DESC, ord DESC LIMIT 21

-- sort-code-date: page: rows lie in the order of their dates, the code is common
SELECT ord, hi FROM (SELECT d.ord, d.hi FROM time_v d WHERE d.tenant = 1 AND d.key = {Observation.date}
AND EXISTS (SELECT 1 FROM token_s t WHERE t.tenant = 1 AND t.ord = d.ord AND t.key = {Observation.code} AND t.code = '85354-9' AND t.system = (SELECT id FROM system WHERE url = 'http://loinc.org'))
  ORDER BY d.lo DESC LIMIT 100)
ORDER BY hi DESC, ord DESC LIMIT 21

-- sort-updated: page: there is a table in this order
SELECT ord, updated FROM resource_updated WHERE tenant = 1 AND ord >= {Observation} AND ord < {Observation+}
ORDER BY updated DESC, ord DESC LIMIT 21

-- total-token: linear: counted
-- total
SELECT count(DISTINCT ord) FROM token_v WHERE tenant = 1 AND key = {Observation.code} AND code = '85354-9' AND system = (SELECT id FROM system WHERE url = 'http://loinc.org')
-- or
SELECT count(*) FROM (SELECT DISTINCT ord FROM token_v WHERE tenant = 1 AND key = {Observation.code} AND code = '85354-9' AND system = (SELECT id FROM system WHERE url = 'http://loinc.org'))

-- total-chain: linear: counted
-- total
SELECT count(*) FROM ref_s e CROSS JOIN token_s t WHERE e.tenant = 1 AND e.ord >= {Observation} AND e.ord < {Observation+} AND e.key = {Observation.subject}
AND t.tenant = 1 AND t.ord = e.target AND t.key = {Patient.gender} AND t.code = 'female'
-- or
SELECT count(*) FROM token_v t CROSS JOIN ref_v e WHERE t.tenant = 1 AND t.key = {Patient.gender} AND t.code = 'female'
AND e.tenant = 1 AND e.target = t.ord AND e.key = {Observation.subject}

-- include: page: rows of one code lie in page order
SELECT DISTINCT ord FROM token_v WHERE tenant = 1 AND key = {Observation.code} AND code = '85354-9' AND system = (SELECT id FROM system WHERE url = 'http://loinc.org') ORDER BY ord LIMIT 21
-- include
SELECT DISTINCT e.target FROM json_each(:page) l CROSS JOIN ref_s e CROSS JOIN resource r WHERE e.tenant = 1 AND e.ord = l.value
AND e.key IN ({Observation.subject}, {Observation.encounter}) AND r.tenant = 1 AND r.ord = e.target AND r.deleted = 0 ORDER BY e.target

-- revinclude: page: five patients have few
SELECT DISTINCT ord FROM text_v WHERE tenant = 1 AND key = {Patient.family} AND text >= 'smith' AND text < 'smiti' ORDER BY ord LIMIT 6
-- or
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Patient} AND r.ord < {Patient+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM text_s t WHERE t.tenant = 1 AND t.ord = r.ord AND t.key = {Patient.family} AND t.text >= 'smith' AND t.text < 'smiti')
ORDER BY r.ord LIMIT 6
-- include
SELECT e.ord FROM json_each(:page) l CROSS JOIN ref_v e WHERE e.tenant = 1 AND e.target = l.value AND e.key = {Observation.subject} ORDER BY e.ord

-- include-both: page: a patient has few of each
SELECT DISTINCT ord FROM token_v WHERE tenant = 1 AND key = {Patient.gender} AND code = 'female' ORDER BY ord LIMIT 6
-- include
SELECT DISTINCT e.target FROM json_each(:page) l CROSS JOIN ref_s e CROSS JOIN resource r WHERE e.tenant = 1 AND e.ord = l.value
AND e.key = {Patient.general-practitioner} AND r.tenant = 1 AND r.ord = e.target AND r.deleted = 0 ORDER BY e.target
-- include
SELECT e.ord FROM json_each(:page) l CROSS JOIN ref_v e WHERE e.tenant = 1 AND e.target = l.value AND e.key = {Condition.subject} ORDER BY e.ord

-- filter: middling: one patient in seventy
SELECT DISTINCT n.ord FROM text_v n WHERE n.tenant = 1 AND n.key = {Patient.name} AND n.text >= 'smi' AND n.text < 'smj' AND n.rank IN (0, 1, 3)
AND (EXISTS (SELECT 1 FROM token_s t WHERE t.tenant = 1 AND t.ord = n.ord AND t.key = {Patient.gender} AND t.code = 'female')
  OR EXISTS (SELECT 1 FROM time_s d WHERE d.tenant = 1 AND d.ord = n.ord AND d.key = {Patient.birthdate} AND d.lo < unixepoch('1950-01-01') * 1000000))
ORDER BY n.ord LIMIT 21
-- or
SELECT r.ord FROM resource r WHERE r.tenant = 1 AND r.ord >= {Patient} AND r.ord < {Patient+} AND r.deleted = 0
AND EXISTS (SELECT 1 FROM text_s n WHERE n.tenant = 1 AND n.ord = r.ord AND n.key = {Patient.name} AND n.text >= 'smi' AND n.text < 'smj' AND n.rank IN (0, 1, 3))
AND (EXISTS (SELECT 1 FROM token_s t WHERE t.tenant = 1 AND t.ord = r.ord AND t.key = {Patient.gender} AND t.code = 'female')
  OR EXISTS (SELECT 1 FROM time_s d WHERE d.tenant = 1 AND d.ord = r.ord AND d.key = {Patient.birthdate} AND d.lo < unixepoch('1950-01-01') * 1000000))
ORDER BY r.ord LIMIT 21

-- filter-not: page: matches are dense
SELECT DISTINCT g.ord FROM token_v g WHERE g.tenant = 1 AND g.key = {Patient.gender} AND g.code = 'female'
AND NOT EXISTS (SELECT 1 FROM token_s a WHERE a.tenant = 1 AND a.ord = g.ord AND a.key = {Patient.active} AND a.code = 'true')
ORDER BY g.ord LIMIT 21

-- filter-chain: page: rows of one code lie in page order, half of the patients match
SELECT DISTINCT c.ord FROM token_v c WHERE c.tenant = 1 AND c.key = {Observation.code} AND c.code = '8867-4' AND c.system = (SELECT id FROM system WHERE url = 'http://loinc.org')
AND EXISTS (SELECT 1 FROM ref_s e CROSS JOIN token_s t WHERE e.tenant = 1 AND e.ord = c.ord AND e.key = {Observation.subject}
  AND t.tenant = 1 AND t.ord = e.target AND t.key = {Patient.gender} AND t.code = 'male')
ORDER BY c.ord LIMIT 21

-- mix: middling: one patient in a hundred, sorted
SELECT d.ord, d.hi FROM text_v t CROSS JOIN ref_v e CROSS JOIN token_s c CROSS JOIN time_s d
WHERE t.tenant = 1 AND t.key = {Patient.name} AND t.text >= 'smith' AND t.text < 'smiti'
AND e.tenant = 1 AND e.target = t.ord AND e.key = {Observation.subject}
AND c.tenant = 1 AND c.ord = e.ord AND c.key = {Observation.code} AND c.code = '85354-9' AND c.system = (SELECT id FROM system WHERE url = 'http://loinc.org')
AND d.tenant = 1 AND d.ord = e.ord AND d.key = {Observation.date} AND d.lo >= unixepoch('2023-01-01') * 1000000
GROUP BY d.ord ORDER BY d.hi DESC, d.ord DESC LIMIT 21
-- or
SELECT ord, hi FROM (SELECT d.ord, d.hi FROM time_v d WHERE d.tenant = 1 AND d.key = {Observation.date} AND d.lo >= unixepoch('2023-01-01') * 1000000
AND EXISTS (SELECT 1 FROM token_s c WHERE c.tenant = 1 AND c.ord = d.ord AND c.key = {Observation.code} AND c.code = '85354-9' AND c.system = (SELECT id FROM system WHERE url = 'http://loinc.org'))
AND EXISTS (SELECT 1 FROM ref_s e CROSS JOIN text_s t WHERE e.tenant = 1 AND e.ord = d.ord AND e.key = {Observation.subject}
  AND t.tenant = 1 AND t.ord = e.target AND t.key = {Patient.name} AND t.text >= 'smith' AND t.text < 'smiti')
  ORDER BY d.lo DESC LIMIT 100)
ORDER BY hi DESC, ord DESC LIMIT 21
-- include
SELECT DISTINCT e.target FROM json_each(:page) l CROSS JOIN ref_s e CROSS JOIN resource r WHERE e.tenant = 1 AND e.ord = l.value
AND e.key = {Observation.subject} AND r.tenant = 1 AND r.ord = e.target AND r.deleted = 0 ORDER BY e.target

-- compartment: page: one patient has few
SELECT DISTINCT e.ord FROM ref_v e CROSS JOIN token_s c WHERE e.tenant = 1 AND e.target = (SELECT ord FROM resource_id WHERE tenant = 1 AND type = {Patient#type} AND id = 'patient-76') AND e.key IN ({Observation.subject}, {Observation.performer})
AND c.tenant = 1 AND c.ord = e.ord AND c.key = {Observation.code} AND c.code = '85354-9' AND c.system = (SELECT id FROM system WHERE url = 'http://loinc.org') ORDER BY e.ord LIMIT 21

-- text: page: rows of one word lie in page order
SELECT ord FROM word_v WHERE tenant = 1 AND key = {Patient._content#words} AND word = 'smith' ORDER BY ord LIMIT 21
