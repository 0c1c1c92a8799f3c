-- The ledger, apart from the chart: what was sold, and how it was paid. What a treatment is called is sealed.
create table receipt_book (
  practice_id text not null, id text not null, last_number int not null, primary key (practice_id, id),
  foreign key (practice_id, practice_id) references practice (practice_id, id));
call audit.guard('receipt_book');

create table sale (
  practice_id text not null, id text not null, patient_id text not null, appointment_id text, location_id text not null, number int,
  total_cents int not null, state text not null, created_at timestamptz not null, closed_at timestamptz, voided_at timestamptz, void_reason bytea,
  primary key (practice_id, id),
  check (state in ('open', 'paid', 'void')), check (total_cents >= 0), check (state <> 'paid' or number is not null),
  foreign key (practice_id, patient_id) references patient (practice_id, id),
  foreign key (practice_id, appointment_id) references appointment (practice_id, id),
  foreign key (practice_id, location_id) references location (practice_id, id),
  constraint receipt_number unique (practice_id, number));
call audit.guard('sale');
create unique index sale_of_appointment on sale (practice_id, appointment_id) where state <> 'void';
create index sale_by_patient on sale (practice_id, patient_id, created_at);

create table sale_line (
  practice_id text not null, id text not null, sale_id text not null, patient_id text not null, service_id text, position int not null,
  description bytea not null, quantity int not null, unit_cents int not null, discount_cents int not null,
  primary key (practice_id, id),
  check (quantity > 0), check (unit_cents >= 0), check (discount_cents between 0 and quantity * unit_cents),
  foreign key (practice_id, sale_id) references sale (practice_id, id),
  foreign key (practice_id, patient_id) references patient (practice_id, id),
  foreign key (practice_id, service_id) references service (practice_id, id));
call audit.guard('sale_line', 'select, insert, delete');
create index sale_line_by_sale on sale_line (practice_id, sale_id);

create table payment (
  practice_id text not null, id text not null, sale_id text not null, patient_id text not null, location_id text not null, method text not null,
  amount_cents int not null, tendered_cents int, reference bytea, taken_by text not null, at timestamptz not null,
  primary key (practice_id, id),
  check (method in ('cash', 'external-terminal')), check (amount_cents <> 0), check (tendered_cents is null or tendered_cents >= amount_cents),
  foreign key (practice_id, sale_id) references sale (practice_id, id),
  foreign key (practice_id, patient_id) references patient (practice_id, id),
  foreign key (practice_id, location_id) references location (practice_id, id),
  foreign key (practice_id, taken_by) references app_user (practice_id, id));
call audit.guard('payment', 'select, insert');
create index payment_by_sale on payment (practice_id, sale_id);
create index payment_by_day on payment (practice_id, location_id, at);
