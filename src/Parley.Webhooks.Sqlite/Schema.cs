namespace Parley.Webhooks.Sqlite;

/// <summary>The tables, by version. A version that was released is never changed: changes are a further one.</summary>
internal static class Schema
{
    /// <summary>Marks the file as Parley's: "Prly".</summary>
    public const int ApplicationId = 0x50726C79;

    /// <summary>The steps from an empty file to the newest version; their number is the version.</summary>
    /// <remarks>
    /// Ids begin with their time, so that what is new goes to the end of the trees, which keeps writes as fast in a large file as in
    /// a small one. Only rows that are not final have a due time and stand in <c>deliveries_due</c> and <c>deliveries_open</c>.
    /// </remarks>
    public static readonly string[] Migrations =
    [
        """
        CREATE TABLE resources (
            kind INTEGER NOT NULL,
            id BLOB NOT NULL,
            parent BLOB NOT NULL,
            name TEXT,
            revision INTEGER NOT NULL,
            document BLOB NOT NULL,
            PRIMARY KEY (kind, id)
        ) WITHOUT ROWID;
        CREATE INDEX resources_by_parent ON resources (kind, parent, id);
        CREATE UNIQUE INDEX resources_by_name ON resources (kind, parent, name) WHERE name IS NOT NULL;

        CREATE TABLE messages (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL,
            application BLOB NOT NULL,
            uid TEXT,
            event_type TEXT NOT NULL,
            channels TEXT,
            tags TEXT,
            accepted_at INTEGER NOT NULL,
            deliver_at INTEGER,
            expires_at INTEGER,
            payload BLOB NOT NULL
        );
        CREATE UNIQUE INDEX messages_by_id ON messages (application, id);
        CREATE UNIQUE INDEX messages_by_uid ON messages (application, uid) WHERE uid IS NOT NULL;

        CREATE TABLE idempotency (
            application BLOB NOT NULL,
            key TEXT NOT NULL,
            message BLOB NOT NULL,
            accepted_at INTEGER NOT NULL,
            PRIMARY KEY (application, key)
        ) WITHOUT ROWID;

        CREATE TABLE deliveries (
            message BLOB NOT NULL,
            endpoint BLOB NOT NULL,
            application BLOB NOT NULL,
            state INTEGER NOT NULL,
            due_at INTEGER,
            attempts INTEGER NOT NULL,
            step INTEGER NOT NULL,
            fence INTEGER NOT NULL,
            trigger INTEGER NOT NULL,
            last_status INTEGER,
            last_error INTEGER,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (message, endpoint)
        ) WITHOUT ROWID;
        CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint, message);
        CREATE INDEX deliveries_due ON deliveries (endpoint, due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX deliveries_failed ON deliveries (endpoint, message) WHERE state = 4;

        CREATE TABLE attempts (
            message BLOB NOT NULL,
            endpoint BLOB NOT NULL,
            number INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            duration INTEGER NOT NULL,
            status INTEGER,
            error INTEGER,
            trigger INTEGER NOT NULL,
            exchange BLOB,
            PRIMARY KEY (message, endpoint, number)
        ) WITHOUT ROWID;
        """,
        """
        CREATE INDEX deliveries_open ON deliveries (endpoint, message) WHERE due_at IS NOT NULL;
        CREATE INDEX idempotency_by_time ON idempotency (accepted_at);
        """,
        """
        ALTER TABLE deliveries ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
        """,
        """
        UPDATE resources SET parent = unhex(replace(json_extract(CAST(document AS TEXT), '$.application'), '-', '')) WHERE kind = 5;
        DELETE FROM resources WHERE kind = 5 AND parent NOT IN (SELECT id FROM resources WHERE kind = 1);
        CREATE UNIQUE INDEX resources_keys ON resources (name) WHERE kind = 5;
        """,
    ];
}
