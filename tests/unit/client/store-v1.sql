-- A store of schema version 1, as it was released. Never changed; later versions get their own.
CREATE TABLE rooms (
  room_key INTEGER PRIMARY KEY,
  rid TEXT NOT NULL UNIQUE,
  kind INTEGER NOT NULL,
  epoch TEXT NOT NULL DEFAULT '',
  joined INTEGER NOT NULL DEFAULT 1,
  n_members INTEGER NOT NULL DEFAULT 0,
  n_unread INTEGER NOT NULL DEFAULT 0,
  read_seq INTEGER NOT NULL DEFAULT 0,
  shared_read_seq INTEGER NOT NULL DEFAULT 0,
  last_activity_us INTEGER NOT NULL DEFAULT 0,
  muted INTEGER NOT NULL DEFAULT 0,
  draft TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE users (
  user_key INTEGER PRIMARY KEY,
  user_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL DEFAULT '',
  display_name TEXT NOT NULL DEFAULT '',
  last_seen_us INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE messages (
  message_key INTEGER PRIMARY KEY,
  room_key INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  type INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  id BLOB NOT NULL,
  user_key INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  text TEXT NOT NULL,
  content TEXT,
  UNIQUE (room_key, seq)
) STRICT;
CREATE TABLE spans (
  room_key INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  PRIMARY KEY (room_key, first_seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE read_markers (
  room_key INTEGER NOT NULL,
  user_key INTEGER NOT NULL,
  read_seq INTEGER NOT NULL,
  received_seq INTEGER NOT NULL,
  PRIMARY KEY (room_key, user_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  rid TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  content TEXT NOT NULL,
  state INTEGER NOT NULL DEFAULT 0,
  seq INTEGER NOT NULL DEFAULT 0,
  error_code INTEGER NOT NULL DEFAULT 0,
  error_message TEXT,
  retryable INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE VIRTUAL TABLE message_text USING fts5 (
  text, content='', contentless_delete=1, detail=none, tokenize='trigram');
INSERT INTO rooms (room_key, rid, kind, epoch, n_members, n_unread, read_seq, shared_read_seq,
  last_activity_us, muted, draft)
VALUES (1, 'garden', 0, 'e1', 2, 1, 2, 2, 1700000003000000, 1, 'half a sen'),
  (2, '@bbbbbbbb-0000-4000-8000-000000000002', 1, 'e7', 2, 0, 0, 0, 1700000001000000, 0, '');
INSERT INTO users (user_key, user_id, name, display_name, last_seen_us)
VALUES (1, 'aaaaaaaa-0000-4000-8000-000000000001', 'ann', 'Ann', 0),
  (2, 'bbbbbbbb-0000-4000-8000-000000000002', 'bob', 'Bob', 1700000000000000);
INSERT INTO messages (message_key, room_key, seq, type, at_us, id, user_key, kind, text, content)
VALUES (13600000008000, 1, 1, 1, 1700000001000000, x'00000000000070008000000000000001', 1, 2, '', NULL),
  (13600000016000, 1, 2, 0, 1700000002000000, x'00000000000070008000000000000002', 1, 0,
    'Who waters the roses?', NULL),
  (13600000024000, 1, 3, 0, 1700000003000000, x'00000000000070008000000000000003', 2, 1,
    '[ 1 ]', '[1]');
INSERT INTO message_text (rowid, text)
VALUES (13600000016000, char (57345, 57344, 57344) || 'Who waters the roses?'),
  (13600000024000, char (57345, 57344, 57344) || '[ 1 ]');
INSERT INTO spans VALUES (1, 1, 3);
INSERT INTO read_markers VALUES (1, 2, 1, 2);
INSERT INTO outbox (id, rid, at_us, content, state, seq, error_code, error_message, retryable)
VALUES ('cccccccc-0000-7000-8000-000000000001', 'garden', 1700000004000000, '{"text":"queued"}',
    0, 0, 0, NULL, 0),
  ('cccccccc-0000-7000-8000-000000000002', 'garden', 1700000005000000, '{"text":"failed"}',
    2, 0, 13, 'not a member', 1);
PRAGMA application_id = 1131368006;
PRAGMA user_version = 1;
