-- Collations that expressions take from their columns.
CREATE TABLE t (c text COLLATE "C", d text, n int, v varchar(10) COLLATE "POSIX");
CREATE VIEW v1 AS SELECT lower(c) AS c, c || d AS cd, d || 'x' AS dx, n, length(c) AS l, coalesce(c, d) AS co, upper(d) AS u, c::varchar(5) AS cv, n::text AS nt, substr(v, 1) AS sv, CASE WHEN n > 0 THEN c ELSE d END AS ca, max(c) OVER () AS m FROM t;
CREATE TABLE ct AS SELECT lower(c) AS c, c || d AS cd, coalesce(c, d) AS co, c::varchar(5) AS cv, n::text AS nt, CASE WHEN n > 0 THEN c ELSE d END AS ca, nullif(c, d) AS nu, greatest(c, d) AS g, ARRAY[c] AS ar, c = d AS eq FROM t;
CREATE OR REPLACE VIEW v1 AS SELECT t.* FROM v1 t;
