-- IS DISTINCT FROM in checks, read again after a change of type.
CREATE TABLE t2 (id int, b numeric(10,2) DEFAULT 0, c text CHECK (c IS NOT DISTINCT FROM 'x'), CHECK (b IS DISTINCT FROM 3), CHECK (b IS DISTINCT FROM NULL));
ALTER TABLE t2 ALTER COLUMN b TYPE int;
