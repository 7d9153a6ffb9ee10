"""Terms, clients, booking files, payments, secret links; the tables of the plumbing."""

from alembic import op
from chassis.inbox import create_inbox
from chassis.outbox import create_outbox
from chassis.requests import create_requests

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE client_counters (
        owner_id UUID NOT NULL,
        letters VARCHAR NOT NULL,
        last INTEGER NOT NULL,
        CONSTRAINT pk_client_counters PRIMARY KEY (owner_id, letters)
    )
    """,
    """
    CREATE TABLE clients (
        id UUID NOT NULL,
        owner_id UUID NOT NULL,
        code VARCHAR NOT NULL,
        civility VARCHAR NOT NULL,
        last_name VARCHAR NOT NULL,
        first_name VARCHAR NOT NULL,
        address_lines VARCHAR[] NOT NULL,
        postal_code VARCHAR NOT NULL,
        city VARCHAR NOT NULL,
        country VARCHAR NOT NULL,
        phone_home VARCHAR NOT NULL,
        phone_work VARCHAR NOT NULL,
        mobile VARCHAR NOT NULL,
        fax VARCHAR NOT NULL,
        email VARCHAR NOT NULL,
        language VARCHAR NOT NULL,
        revision BIGINT NOT NULL,
        folded_name VARCHAR NOT NULL,
        folded_email VARCHAR NOT NULL,
        phones VARCHAR[] NOT NULL,
        search TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_clients PRIMARY KEY (id),
        CONSTRAINT uq_clients_owner_id_code UNIQUE (owner_id, code)
    )
    """,
    """
    CREATE INDEX ix_clients_owner_id_folded_name ON clients
    (owner_id, folded_name, id)
    """,
    """
    CREATE TABLE file_counters (
        owner_id UUID NOT NULL,
        last INTEGER NOT NULL,
        CONSTRAINT pk_file_counters PRIMARY KEY (owner_id)
    )
    """,
    """
    CREATE TABLE terms (
        owner_id UUID NOT NULL,
        revision BIGINT NOT NULL,
        body JSONB NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_terms PRIMARY KEY (owner_id, revision)
    )
    """,
    """
    CREATE TABLE bookings (
        id UUID NOT NULL,
        owner_id UUID NOT NULL,
        number INTEGER,
        wanted_number INTEGER NOT NULL,
        reference VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        revision BIGINT NOT NULL,
        hold_revision BIGINT NOT NULL,
        origin VARCHAR NOT NULL,
        client_id UUID,
        new_client JSONB,
        terms_revision BIGINT NOT NULL,
        deposit_kind VARCHAR NOT NULL,
        deposit_basis_points INTEGER NOT NULL,
        deposit_fixed BIGINT,
        currency CHAR(3) NOT NULL,
        total BIGINT NOT NULL,
        tourist_tax BIGINT NOT NULL,
        paid BIGINT NOT NULL,
        tax_paid BIGINT NOT NULL,
        arrival DATE NOT NULL,
        departure DATE NOT NULL,
        quote_id UUID NOT NULL,
        request_id UUID NOT NULL,
        booked_on DATE NOT NULL,
        deposit_due_on DATE NOT NULL,
        hold_expires_at TIMESTAMP WITH TIME ZONE,
        confirm BOOLEAN NOT NULL,
        allow_unopened BOOLEAN NOT NULL,
        by_guest BOOLEAN NOT NULL,
        mail_confirmed BOOLEAN NOT NULL,
        caller_key VARCHAR NOT NULL,
        guest_email VARCHAR NOT NULL,
        client_note TEXT NOT NULL,
        internal_note TEXT NOT NULL,
        message TEXT NOT NULL,
        accepted JSONB NOT NULL,
        pending JSONB,
        ending VARCHAR,
        failure VARCHAR NOT NULL,
        failure_details JSONB NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        touched_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_bookings PRIMARY KEY (id),
        CONSTRAINT uq_bookings_owner_id_number UNIQUE (owner_id, number),
        CONSTRAINT uq_bookings_reference UNIQUE (reference),
        CONSTRAINT fk_bookings_client_id_clients FOREIGN KEY(client_id)
            REFERENCES clients (id),
        CONSTRAINT fk_bookings_owner_id_terms FOREIGN KEY(owner_id, terms_revision)
            REFERENCES terms (owner_id, revision),
        CONSTRAINT ck_bookings_nights CHECK (departure > arrival),
        CONSTRAINT ck_bookings_placed CHECK (state IN ('PLACING', 'FAILED')
            OR (number IS NOT NULL AND client_id IS NOT NULL))
    )
    """,
    """
    CREATE INDEX ix_bookings_caller_key ON bookings
    (caller_key, created_at)
    WHERE by_guest
    """,
    """
    CREATE INDEX ix_bookings_client_id ON bookings
    (client_id)
    """,
    """
    CREATE INDEX ix_bookings_guest_email ON bookings
    (guest_email)
    WHERE by_guest AND state IN ('OPTION', 'AWAITING_PAYMENT')
    """,
    """
    CREATE INDEX ix_bookings_in_between ON bookings
    (touched_at)
    WHERE state IN ('PLACING', 'CONFIRMING', 'CANCELLING') OR pending IS NOT NULL
    """,
    """
    CREATE INDEX ix_bookings_options ON bookings
    (hold_expires_at)
    WHERE state IN ('OPTION', 'AWAITING_PAYMENT')
    """,
    """
    CREATE INDEX ix_bookings_owner_id_arrival ON bookings
    (owner_id, arrival, id)
    """,
    """
    CREATE TABLE booking_lines (
        id UUID NOT NULL,
        booking_id UUID NOT NULL,
        position INTEGER NOT NULL,
        listing_id UUID NOT NULL,
        listing_code VARCHAR NOT NULL,
        listing_name VARCHAR NOT NULL,
        arrival DATE NOT NULL,
        departure DATE NOT NULL,
        adults INTEGER NOT NULL,
        children_ages INTEGER[] NOT NULL,
        currency CHAR(3) NOT NULL,
        accommodation BIGINT NOT NULL,
        discounts BIGINT NOT NULL,
        supplements BIGINT NOT NULL,
        total BIGINT NOT NULL,
        tourist_tax BIGINT NOT NULL,
        agreed BOOLEAN NOT NULL,
        price BYTEA NOT NULL,
        CONSTRAINT pk_booking_lines PRIMARY KEY (id),
        CONSTRAINT uq_booking_lines_booking_id_position UNIQUE (booking_id, position),
        CONSTRAINT fk_booking_lines_booking_id_bookings FOREIGN KEY(booking_id)
            REFERENCES bookings (id),
        CONSTRAINT ck_booking_lines_nights CHECK (departure > arrival)
    )
    """,
    """
    CREATE INDEX ix_booking_lines_listing_id ON booking_lines
    (listing_id, arrival)
    """,
    """
    CREATE TABLE booking_revisions (
        booking_id UUID NOT NULL,
        revision BIGINT NOT NULL,
        snapshot BYTEA NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_booking_revisions PRIMARY KEY (booking_id, revision),
        CONSTRAINT fk_booking_revisions_booking_id_bookings FOREIGN KEY(booking_id)
            REFERENCES bookings (id)
    )
    """,
    """
    CREATE TABLE guest_links (
        token_hash BYTEA NOT NULL,
        booking_id UUID NOT NULL,
        issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_guest_links PRIMARY KEY (token_hash),
        CONSTRAINT fk_guest_links_booking_id_bookings FOREIGN KEY(booking_id)
            REFERENCES bookings (id)
    )
    """,
    """
    CREATE INDEX ix_guest_links_booking_id ON guest_links
    (booking_id)
    """,
    """
    CREATE TABLE journal (
        booking_id UUID NOT NULL,
        position INTEGER NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        kind VARCHAR NOT NULL,
        who VARCHAR NOT NULL,
        params JSONB NOT NULL,
        CONSTRAINT pk_journal PRIMARY KEY (booking_id, position),
        CONSTRAINT fk_journal_booking_id_bookings FOREIGN KEY(booking_id)
            REFERENCES bookings (id)
    )
    """,
    """
    CREATE TABLE payments (
        id UUID NOT NULL,
        booking_id UUID NOT NULL,
        position INTEGER NOT NULL,
        received_on DATE NOT NULL,
        means VARCHAR NOT NULL,
        number VARCHAR NOT NULL,
        amount BIGINT NOT NULL,
        currency CHAR(3) NOT NULL,
        nature VARCHAR NOT NULL,
        counters UUID,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_payments PRIMARY KEY (id),
        CONSTRAINT uq_payments_booking_id_position UNIQUE (booking_id, position),
        CONSTRAINT uq_payments_counters UNIQUE (counters),
        CONSTRAINT fk_payments_booking_id_bookings FOREIGN KEY(booking_id)
            REFERENCES bookings (id),
        CONSTRAINT fk_payments_counters_payments FOREIGN KEY(counters)
            REFERENCES payments (id),
        CONSTRAINT ck_payments_amount CHECK (amount <> 0)
    )
    """,
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME;
    END $$
    """,
    """
    CREATE TRIGGER tr_payments_only_added BEFORE UPDATE OR DELETE ON payments
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER tr_booking_revisions_only_added BEFORE UPDATE ON booking_revisions
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
)


def upgrade() -> None:
    create_outbox(op)
    create_inbox(op)
    create_requests(op)
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward")
