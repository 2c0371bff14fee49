namespace Parley.Webhooks.PostgreSql;

/// <summary>The tables, by version. A version that was released is never changed: changes are a further one.</summary>
internal static class Schema
{
    /// <summary>The tables that have a part for each day, in the order in which they are made.</summary>
    public static readonly string[] ByDay = ["messages", "final_deliveries", "attempts"];

    /// <summary>The steps from nothing to the newest version; their number is the version.</summary>
    /// <remarks>
    /// Ids begin with their time, so a range of ids is a day. What is not final lies in a small table of its own: claims need not look
    /// through all days, and the days' tables only ever grow, which leaves nothing for vacuum to clean. Names that must be
    /// unique over all days have a table without days.
    /// </remarks>
    public static readonly string[] Migrations =
    [
        """
        CREATE TABLE resources (
            kind smallint NOT NULL,
            id uuid NOT NULL,
            parent uuid NOT NULL,
            name text,
            revision bigint NOT NULL,
            document bytea NOT NULL,
            PRIMARY KEY (kind, id)
        );
        CREATE INDEX resources_by_parent ON resources (kind, parent, id);
        CREATE UNIQUE INDEX resources_by_name ON resources (kind, parent, name) WHERE name IS NOT NULL;

        CREATE SEQUENCE message_numbers;
        CREATE TABLE messages (
            id uuid NOT NULL,
            number bigint NOT NULL DEFAULT nextval('message_numbers'),
            application uuid NOT NULL,
            uid text,
            event_type text NOT NULL,
            channels jsonb,
            tags jsonb,
            accepted_at timestamptz NOT NULL,
            deliver_at timestamptz,
            expires_at timestamptz,
            payload bytea NOT NULL,
            PRIMARY KEY (id)
        ) PARTITION BY RANGE (id);
        CREATE INDEX messages_by_application ON messages (application, id);

        CREATE TABLE message_keys (
            application uuid NOT NULL,
            kind smallint NOT NULL,
            key text NOT NULL,
            message uuid NOT NULL,
            PRIMARY KEY (application, kind, key)
        );
        CREATE INDEX message_keys_by_age ON message_keys (kind, message);

        CREATE TABLE outstanding_deliveries (
            message uuid NOT NULL,
            endpoint uuid NOT NULL,
            application uuid NOT NULL,
            number bigint NOT NULL,
            bytes integer NOT NULL,
            state smallint NOT NULL,
            due_at timestamptz NOT NULL,
            node integer,
            attempts integer NOT NULL,
            step integer NOT NULL,
            fence bigint NOT NULL,
            trigger smallint NOT NULL,
            last_status integer,
            last_error smallint,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            PRIMARY KEY (message, endpoint)
        ) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.05);
        CREATE INDEX outstanding_deliveries_due ON outstanding_deliveries (endpoint, due_at, message);
        CREATE INDEX outstanding_deliveries_in_order ON outstanding_deliveries (endpoint, number);

        CREATE TABLE final_deliveries (
            message uuid NOT NULL,
            endpoint uuid NOT NULL,
            application uuid NOT NULL,
            number bigint NOT NULL,
            bytes integer NOT NULL,
            state smallint NOT NULL,
            attempts integer NOT NULL,
            step integer NOT NULL,
            fence bigint NOT NULL,
            trigger smallint NOT NULL,
            last_status integer,
            last_error smallint,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            PRIMARY KEY (message, endpoint)
        ) PARTITION BY RANGE (message);
        CREATE INDEX final_deliveries_by_endpoint ON final_deliveries (endpoint, message);
        CREATE INDEX final_deliveries_failed ON final_deliveries (endpoint, message) WHERE state = 4;

        CREATE TABLE attempts (
            message uuid NOT NULL,
            endpoint uuid NOT NULL,
            number integer NOT NULL,
            started_at timestamptz NOT NULL,
            duration bigint NOT NULL,
            status integer,
            error smallint,
            trigger smallint NOT NULL,
            exchange bytea,
            PRIMARY KEY (message, endpoint, number)
        ) PARTITION BY RANGE (message);
        CREATE INDEX attempts_by_start ON attempts USING brin (started_at);

        CREATE SEQUENCE node_numbers AS integer CYCLE;
        CREATE TABLE nodes (
            node integer PRIMARY KEY,
            name text NOT NULL,
            started_at timestamptz NOT NULL
        );

        CREATE TABLE data_protection_keys (
            name text PRIMARY KEY,
            xml text NOT NULL
        );
        """,
        """
        ALTER TABLE outstanding_deliveries ADD COLUMN waits smallint NOT NULL DEFAULT 0;
        CREATE INDEX outstanding_deliveries_by_endpoint ON outstanding_deliveries (endpoint, message);
        """,
        """
        UPDATE resources SET parent = (convert_from(document, 'UTF8')::jsonb ->> 'application')::uuid WHERE kind = 5;
        DELETE FROM resources WHERE kind = 5 AND parent NOT IN (SELECT id FROM resources WHERE kind = 1);
        CREATE UNIQUE INDEX resources_keys ON resources (name) WHERE kind = 5;
        """,
    ];
}
