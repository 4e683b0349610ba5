-- A shop that grows: keys, foreign keys, enums, domains, views, triggers, and many renames.
CREATE TYPE order_state AS ENUM ('new', 'paid', 'sent');
CREATE DOMAIN money_amount AS numeric(12,2) DEFAULT 0 CONSTRAINT not_negative CHECK (VALUE >= 0);
CREATE TABLE customers (id serial PRIMARY KEY, name varchar(80) NOT NULL, email text UNIQUE, created_at timestamptz DEFAULT now() NOT NULL);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 1000 INCREMENT BY 5) PRIMARY KEY,
  customer_id int NOT NULL REFERENCES customers ON DELETE CASCADE,
  state order_state DEFAULT 'new' NOT NULL,
  total money_amount,
  note text COLLATE "C",
  CONSTRAINT total_of_sent CHECK (state <> 'sent' OR total > 0)
);
CREATE TABLE order_lines (
  order_id bigint REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED,
  line_number smallint,
  amount int CHECK (amount BETWEEN 1 AND 99),
  price numeric(10,2) DEFAULT 1.5,
  total numeric GENERATED ALWAYS AS (amount * price) STORED,
  PRIMARY KEY (order_id, line_number)
);
COMMENT ON TABLE orders IS 'What people want';
COMMENT ON COLUMN orders.note IS 'Free text; it''s optional';
COMMENT ON CONSTRAINT total_of_sent ON orders IS 'No gifts';
CREATE INDEX ON orders (customer_id, state);
CREATE INDEX orders_recent ON orders (id DESC) WHERE state IN ('new', 'paid');
CREATE INDEX customers_lower ON customers (lower(email) text_pattern_ops);
CREATE UNIQUE INDEX one_note ON orders (note) INCLUDE (total) WITH (fillfactor = 70);
CREATE VIEW open_orders AS SELECT o.id, o.customer_id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.state = 'new';
CREATE VIEW everything AS SELECT * FROM order_lines;
CREATE MATERIALIZED VIEW totals AS SELECT order_id, sum(total) AS total FROM order_lines GROUP BY order_id;
CREATE UNIQUE INDEX totals_order ON totals (order_id);
ALTER TYPE order_state ADD VALUE 'returned' BEFORE 'sent';
ALTER TYPE order_state RENAME VALUE 'paid' TO 'settled';
ALTER TABLE customers RENAME COLUMN name TO full_name;
ALTER TABLE customers RENAME TO people;
ALTER TABLE people ALTER COLUMN email SET NOT NULL, ADD COLUMN phone text DEFAULT '' NOT NULL;
ALTER TABLE order_lines ADD COLUMN discount real DEFAULT 0, DROP CONSTRAINT order_lines_amount_check;
ALTER TABLE order_lines ADD CONSTRAINT some_amount CHECK (amount > 0) NOT VALID;
ALTER INDEX orders_recent RENAME TO orders_not_sent;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.created_at := now(); RETURN NEW; END $$;
CREATE TRIGGER touch_people BEFORE UPDATE OF email, phone ON people FOR EACH ROW WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION touch();
CREATE TRIGGER count_orders AFTER INSERT OR DELETE ON orders FOR EACH STATEMENT EXECUTE FUNCTION touch();
ALTER TABLE orders DISABLE TRIGGER count_orders;
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_orders ON orders FOR SELECT USING (customer_id > 0);
ALTER SEQUENCE customers_id_seq INCREMENT BY 2;
