/**
 * The index database: derived data, deletable, never the truth. Whoever asks it with SQL reads this text, so every column
 * says what it holds. Sizes are bytes, times are epoch milliseconds; flags have a readable column each.
 */

/** Marks the file as ours in its header (`PRAGMA application_id`): "rgsw". */
export const APPLICATION_ID = 0x72677377;
/** Raised with every change of the tables; another number is another program's file (`PRAGMA user_version`). */
export const SCHEMA_VERSION = 8;

export interface TableDocumentation {
  readonly name: string;
  readonly about: string;
  readonly sql: string;
}

export const TABLES: readonly TableDocumentation[] = [
  {
    name: 'meta',
    about: 'What is known of the scan as a whole: root, scanned_at, complete, …',
    sql: `CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID`,
  },
  {
    name: 'algorithm',
    about: 'Digest algorithms. is_hex: blob.digest holds the raw bytes; otherwise it holds the encoded text.',
    sql: `CREATE TABLE algorithm (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  is_hex INTEGER NOT NULL
) STRICT`,
  },
  {
    name: 'blob',
    about: 'Every digest that the volume stores or names. Join it by id; the view named_blob spells its digest.',
    sql: `CREATE TABLE blob (
  id INTEGER PRIMARY KEY,
  algorithm_id INTEGER NOT NULL,
  digest BLOB NOT NULL,
  flags INTEGER NOT NULL,
  bytes INTEGER,       -- apparent size; from a descriptor unless stated
  disk_bytes INTEGER,  -- allocated; null unless stated
  modified_at REAL,    -- time of the file; null unless stated
  verified_at REAL,    -- when verify last hashed it and found it right; null where it never did
  stored INTEGER GENERATED ALWAYS AS (flags & 1) VIRTUAL,             -- it is on the volume
  untouchable INTEGER GENERATED ALWAYS AS ((flags >> 1) & 1) VIRTUAL, -- never deleted, because of where it lies
  stated INTEGER GENERATED ALWAYS AS ((flags >> 2) & 1) VIRTUAL,      -- the file was stat-ed
  referenced INTEGER GENERATED ALWAYS AS ((flags >> 3) & 1) VIRTUAL,  -- reached from a revision or a tag
  tagged INTEGER GENERATED ALWAYS AS ((flags >> 4) & 1) VIRTUAL       -- reached from a tag
) STRICT`,
  },
  {
    name: 'word',
    about: 'Media types, artifact types and platforms, each once.',
    sql: `CREATE TABLE word (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL
) STRICT`,
  },
  {
    name: 'repository',
    about: 'Folders that hold _manifests, _layers or _uploads. deletable: a legal name, and behind no symbolic link.',
    sql: `CREATE TABLE repository (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  deletable INTEGER NOT NULL,
  has_manifests INTEGER NOT NULL,
  has_layers INTEGER NOT NULL,
  has_uploads INTEGER NOT NULL
) STRICT`,
  },
  {
    name: 'revision',
    about: 'This repository holds this manifest (_manifests/revisions/<alg>/<hex>/link).',
    sql: `CREATE TABLE revision (
  repository_id INTEGER NOT NULL,
  blob_id INTEGER NOT NULL,
  pushed_at REAL,      -- time of the link
  disk_bytes INTEGER,  -- of the link
  flags INTEGER NOT NULL,
  untouchable INTEGER GENERATED ALWAYS AS (flags & 1) VIRTUAL
) STRICT`,
  },
  {
    name: 'tag',
    about: 'Tags. blob_id is the manifest that current/link names now; null where it names none that can be read.',
    sql: `CREATE TABLE tag (
  id INTEGER PRIMARY KEY,
  repository_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  blob_id INTEGER,
  pushed_at REAL,      -- time of current/link
  flags INTEGER NOT NULL,
  untouchable INTEGER GENERATED ALWAYS AS (flags & 1) VIRTUAL,
  uncertain INTEGER GENERATED ALWAYS AS ((flags >> 1) & 1) VIRTUAL,       -- current/link is empty or malformed
  without_current INTEGER GENERATED ALWAYS AS ((flags >> 2) & 1) VIRTUAL, -- there is no current/link
  illegal INTEGER GENERATED ALWAYS AS ((flags >> 3) & 1) VIRTUAL          -- the folder's name is no legal tag
) STRICT`,
  },
  {
    name: 'tag_index_entry',
    about: 'Every revision that a tag has ever named (tags/<tag>/index/<alg>/<hex>/link).',
    sql: `CREATE TABLE tag_index_entry (
  tag_id INTEGER NOT NULL,
  blob_id INTEGER NOT NULL,
  linked_at REAL,      -- null unless stat-ed
  disk_bytes INTEGER
) STRICT`,
  },
  {
    name: 'layer_link',
    about: 'This repository may serve this blob (_layers/<alg>/<hex>/link).',
    sql: `CREATE TABLE layer_link (
  repository_id INTEGER NOT NULL,
  blob_id INTEGER NOT NULL,
  linked_at REAL,      -- null unless stat-ed
  disk_bytes INTEGER,
  flags INTEGER NOT NULL,
  untouchable INTEGER GENERATED ALWAYS AS (flags & 1) VIRTUAL,
  needed INTEGER GENERATED ALWAYS AS ((flags >> 1) & 1) VIRTUAL,         -- named from a revision or tag of this repository
  needed_by_tags INTEGER GENERATED ALWAYS AS ((flags >> 2) & 1) VIRTUAL, -- named from a tag of this repository
  uncertain INTEGER GENERATED ALWAYS AS ((flags >> 3) & 1) VIRTUAL       -- an alias that does not say what it stands for
) STRICT`,
  },
  {
    name: 'signature_link',
    about: 'Signatures of schema 1 manifests (_manifests/revisions/<alg>/<hex>/signatures/<alg>/<hex>/link).',
    sql: `CREATE TABLE signature_link (
  revision_id INTEGER NOT NULL, -- rowid of revision
  blob_id INTEGER NOT NULL,
  linked_at REAL,
  disk_bytes INTEGER
) STRICT`,
  },
  {
    name: 'manifest',
    about:
      'Documents read as manifests. health: 0 sound, 1 missing, 2 truncated, 3 mismatch, 4 unreadable, 5 too large. kind: 0 image, 1 index, 2 schema 1, 3 artifact, 4 unknown.',
    sql: `CREATE TABLE manifest (
  id INTEGER PRIMARY KEY,
  blob_id INTEGER NOT NULL,
  health INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  media_type_id INTEGER NOT NULL,
  artifact_type_id INTEGER NOT NULL,
  subject_blob_id INTEGER,
  created_at REAL      -- as the document itself says: its annotation, schema 1's history; of an image see config, too
) STRICT`,
  },
  {
    name: 'config',
    about:
      'When images were created, as their configs say. Read only for a policy with orderBy: created, and of what it orders.',
    sql: `CREATE TABLE config (
  blob_id INTEGER PRIMARY KEY,
  created_at REAL      -- null where it does not say, or cannot be read
) STRICT`,
  },
  {
    name: 'reference',
    about:
      'Descriptors of manifests, in the order of the document. kind: 0 config, 1 layer, 2 child, 3 blob, 4 candidate.',
    sql: `CREATE TABLE reference (
  manifest_id INTEGER NOT NULL,
  blob_id INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  bytes INTEGER,       -- as the descriptor states it
  media_type_id INTEGER NOT NULL,
  platform_id INTEGER NOT NULL,
  is_foreign INTEGER GENERATED ALWAYS AS (flags & 1) VIRTUAL
) STRICT`,
  },
  {
    name: 'alias',
    about: 'Links whose path names one digest and whose content another: both are kept together.',
    sql: `CREATE TABLE alias (
  from_blob_id INTEGER NOT NULL,
  to_blob_id INTEGER NOT NULL
) STRICT`,
  },
  {
    name: 'upload',
    about: 'Pushes that have not ended (_uploads/<uuid>).',
    sql: `CREATE TABLE upload (
  repository_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  started_at REAL,     -- null where startedat is missing or tells no time
  newest_at REAL NOT NULL,
  bytes INTEGER NOT NULL,
  disk_bytes INTEGER NOT NULL,
  inodes INTEGER NOT NULL,
  through_link INTEGER NOT NULL
) STRICT`,
  },
  {
    name: 'empty_folder',
    about:
      'Folders that hold nothing that the registry reads. kind: revision, layer, uploads, blob, blob-prefix, manifests, revisions, tags, layers, tag-index-entry, algorithm or namespace.',
    sql: `CREATE TABLE empty_folder (
  kind TEXT NOT NULL,
  repository_id INTEGER,
  path TEXT NOT NULL
) STRICT`,
  },
  {
    name: 'stray_file',
    about: 'Temporary files of a registry that died while it wrote.',
    sql: `CREATE TABLE stray_file (
  repository_id INTEGER,
  path TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  disk_bytes INTEGER NOT NULL,
  modified_at REAL NOT NULL
) STRICT`,
  },
  {
    name: 'problem',
    about: 'What the scan found wrong. A report adds what follows from the tables.',
    sql: `CREATE TABLE problem (
  code TEXT NOT NULL,
  severity TEXT NOT NULL,
  path TEXT NOT NULL,
  repository TEXT,
  tag TEXT,
  digest TEXT,
  message TEXT NOT NULL
) STRICT`,
  },
  {
    name: 'witness',
    about: 'Blobs whose size and time tell this volume from another at the same path.',
    sql: `CREATE TABLE witness (
  blob_id INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  modified_at REAL NOT NULL
) STRICT`,
  },
  {
    name: 'packed_column',
    about:
      'For regsweep itself: the same again in its own form, each column of a large table by itself, and what the two standard modes make of it.',
    sql: `CREATE TABLE packed_column (
  name TEXT NOT NULL,
  piece INTEGER NOT NULL, -- 0, 1, …: each has 65536 bytes, the last one fewer
  data BLOB NOT NULL,     -- numbers in the order of bytes of the machine that wrote them, or JSON
  sha256 BLOB NOT NULL,   -- of data
  PRIMARY KEY (name, piece)
) STRICT`,
  },
  {
    name: 'scan',
    about: 'Totals of this scan and of earlier ones of the same volume; the newest has the highest id.',
    sql: `CREATE TABLE scan (
  id INTEGER PRIMARY KEY,
  scanned_at REAL NOT NULL,
  repositories INTEGER NOT NULL,
  tags INTEGER NOT NULL,
  revisions INTEGER NOT NULL,
  blobs INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  referenced_bytes INTEGER NOT NULL,
  tagged_bytes INTEGER NOT NULL,
  free_bytes INTEGER,    -- of the file system, for whoever is not root; null where it did not say
  capacity_bytes INTEGER
) STRICT`,
  },
  {
    name: 'lost_repository',
    about:
      'Repositories of earlier scans that are gone, though no sweep took them, and that nobody has accepted as lost.',
    sql: `CREATE TABLE lost_repository (
  name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID`,
  },
  {
    name: 'scan_repository',
    about:
      'The same for each repository: bytes that its revisions and tags reach, those that its tags reach, and those of its orphaned layers.',
    sql: `CREATE TABLE scan_repository (
  scan_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  tags INTEGER NOT NULL,
  revisions INTEGER NOT NULL,
  referenced_bytes INTEGER NOT NULL,
  tagged_bytes INTEGER NOT NULL,
  orphaned_bytes INTEGER NOT NULL,
  PRIMARY KEY (scan_id, name)
) STRICT, WITHOUT ROWID`,
  },
];

/** Made once the rows are in: an index that is built last costs a fraction. */
export const INDICES: readonly string[] = [
  'CREATE INDEX blob_by_digest ON blob (digest)',
  'CREATE UNIQUE INDEX repository_by_name ON repository (name)',
];

export const VIEWS: readonly TableDocumentation[] = [
  {
    name: 'named_blob',
    about: 'blob, with its digest spelled as alg:hex.',
    sql: `CREATE VIEW named_blob AS
SELECT b.id,
       a.name || ':' || CASE a.is_hex WHEN 1 THEN lower(hex(b.digest)) ELSE CAST(b.digest AS TEXT) END AS digest,
       b.bytes, b.disk_bytes, b.modified_at, b.verified_at, b.stored, b.referenced, b.tagged
FROM blob b JOIN algorithm a ON a.id = b.algorithm_id`,
  },
];
