-- Two thousand pairs of names, each a hundred times: worse than any real clinic.
WITH made AS (
    SELECT n, uuidv7() AS patient_id,
           (ARRAY['Maria','José','Anna','John','Olga','Li','Fatima','Noah','Emma','Zoë'])[1 + n % 10] || (n / 10 % 4) AS given,
           (ARRAY['Lopez','Smith','Müller','Brown','Garcia','Nguyen','Kim','Novak','Rossi','Silva'])[1 + n / 40 % 10]
               || (n / 400 % 5) AS family
      FROM generate_series(1, PATIENTS) AS n),
people AS (
    INSERT INTO patients (patient_id, clinic_id, given_name, family_name, sort_name, phone, email, created_at,
                          version, created_by, idempotency_key, request_hash, answer)
    SELECT patient_id, 'main', given, family, lower(family || ' ' || given), '+1' || lpad((n * 7919 % 1000000)::text, 6, '0') || '0' || lpad(n::text, 6, '0'),
           'patient' || n || '@example.org', now(), 1, 'bench', 'patient-' || n, '', '{}' FROM made)
INSERT INTO patient_terms (patient_id, clinic_id, sort_name, term)
SELECT patient_id, 'main', lower(family || ' ' || given), unnest(ARRAY[translate(lower(given), 'éüë', 'eue'), translate(lower(family), 'éüë', 'eue'),
       '1' || lpad((n * 7919 % 1000000)::text, 6, '0') || '0' || lpad(n::text, 6, '0'), right(lpad((n * 7919 % 1000000)::text, 6, '0') || '0' || lpad(n::text, 6, '0'), 10), 'patient' || n || '@example.org'])
  FROM made
