"""What a deployment may choose, declared here once, read from the environment and checked at the start."""

import zoneinfo
from pathlib import Path
from urllib.parse import quote

from tracker import addresses, secret_key, vault_key
from tracker.environment import SettingError, from_process

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

# The time zone rules are the pinned ones of the tzdata package, whatever the machine has: Almaty's changed in 2024.
zoneinfo.reset_tzpath(to=[])

# --- What a deployment chooses ------------------------------------------------------------------------------------

env = from_process(BASE_DIR / ".env")

TRACKER_ENV = env.choice(
    "TRACKER_ENV",
    "local",
    ("local", "production", "test"),
    help="`local` serves one's own machine and makes its own key. `production` asks for a key and host names and "
    "serves over HTTPS only. `test` is for the test suite.",
)
PRODUCTION = TRACKER_ENV == "production"
DEBUG = env.flag("DEBUG", False, help="Show errors with their source code. For development only.")
DATA_DIR = env.folder(
    "DATA_DIR",
    BASE_DIR / "var",
    shown="`var` beside `manage.py`",
    help="Folder of everything the site keeps: database, uploads, mail, broker, logs.",
)
SECRET_KEY = env.text(
    "SECRET_KEY",
    takes=f"at least {secret_key.SHORTEST} random characters",
    shown="none in production; else made once and kept in `DATA_DIR/secret_key`",
    help="Signs sessions and links. Whoever knows it can sign in as anyone.",
)
VAULT_KEY_FILE = env.text(
    "VAULT_KEY_FILE",
    takes="a file of `age-keygen`",
    shown="none in production; else made once and kept in `DATA_DIR/keys/vault.key`",
    help="The key that opens what is sealed on the disk (evidence, imports, exports, texts of restricted evidence). "
    "Keep it outside `DATA_DIR` and its backups, on another disk or a stick.",
)
VAULT_KEY = env.text(
    "VAULT_KEY",
    takes="a secret key of age",
    help="The same key in the environment itself, where there is no file; several with commas between them, the first "
    "one seals.",
)
BACKUP_RECIPIENT = env.text(
    "BACKUP_RECIPIENT",
    takes="a public key of age (`age1…`)",
    shown="what `manage.py make_custodian_sheets` left in `DATA_DIR/backup.recipient`",
    help="The public half of the backup key: `manage.py backup` seals to it, so that a taken server opens no backup.",
)
SECRET_KEY_FALLBACKS = env.words(
    "SECRET_KEY_FALLBACKS",
    shown="none",
    help="Earlier keys, newest first, after a change of `SECRET_KEY`: what they signed or sealed stays good until "
    "`manage.py reseal_second_factors` ran and people signed in anew.",
)
DATABASE_URL = env.url(
    "DATABASE_URL",
    f"sqlite:///{quote(str(DATA_DIR))}/tracker.sqlite3",
    addresses.DATABASES,
    shown="`tracker.sqlite3` in `DATA_DIR`",
    help="The database: `sqlite:///FILE`, or `postgres://USER:PASSWORD@HOST:PORT/NAME`; what follows a `?` is passed "
    "to the driver.",
)
DATABASE_STATEMENT_TIMEOUT = env.number(
    "DATABASE_STATEMENT_TIMEOUT",
    300,
    least=1,
    help="Seconds after which PostgreSQL ends a statement; a moment later nobody waits for its answer any more. "
    "`make run` gives the web server 3.",
)
DATABASE_CONNECTIONS = env.number(
    "DATABASE_CONNECTIONS", 8, least=1, most=100, help="Most PostgreSQL connections of one process."
)
CELERY_BROKER_URL = env.url(
    "CELERY_BROKER_URL",
    "filesystem://",
    addresses.BROKERS,
    help="Rings the background worker. The default needs no server; `redis://HOST:PORT/0` and "
    "`amqp://USER:PASSWORD@HOST/` do.",
)
HOST = env.text("HOST", "127.0.0.1", takes="an address of this machine", help="Where the web server listens.")
PORT = env.number("PORT", 8000, least=1, most=65535, help="The port on which the web server listens.")
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS",
    () if PRODUCTION else ("localhost", "127.0.0.1", "[::1]"),
    shown="none in production; else this machine's own names",
    help="Host names under which the site is called.",
)
SITE_URL = env.url(
    "SITE_URL",
    "" if PRODUCTION else f"http://127.0.0.1:{PORT}",
    ("http", "https"),
    shown="none in production; else `http://127.0.0.1:PORT`",
    help="The address of the site as people type it, without a slash at the end; stands in mails and exports.",
).rstrip("/")
BEHIND_PROXY = env.flag(
    "BEHIND_PROXY",
    False,
    help="A reverse proxy stands in front, ends TLS and sets `X-Forwarded-Proto` and `X-Forwarded-For`.",
)
SECOND_FACTOR = env.words(
    "SECOND_FACTOR",
    ("everybody",) if PRODUCTION else ("nobody",),
    choices=("everybody", "nobody", "editor", "reviewer", "coordinator", "observer", "administrator"),
    shown="`everybody` in production; else `nobody`, so that the demonstration is signed in to by password",
    help="Roles of whom a second factor is demanded: without one they can open nothing else. Everybody may have one.",
)
SESSION_IDLE_MINUTES = env.number(
    "SESSION_IDLE_MINUTES",
    60,
    least=1,
    most=7 * 24 * 60,
    help="Minutes without a page after which a person is signed out.",
)
SESSION_HOURS = env.number(
    "SESSION_HOURS",
    12,
    least=1,
    most=7 * 24,
    help="Hours after which a person is signed out however busy she is.",
)
EMAIL_URL = env.url(
    "EMAIL_URL",
    "file://",
    addresses.MAIL,
    help="How mail leaves: `smtp+tls://USER:PASSWORD@HOST:587`, `smtps://…`, `smtp://…`. `file://` keeps it as files "
    "in `DATA_DIR/mail`.",
)
DEFAULT_FROM_EMAIL = env.text(
    "DEFAULT_FROM_EMAIL",
    "noreply@localhost",
    takes="a mail address",
    help="The sender of all mail. Choose a neutral one: it is seen in every inbox.",
)
MAIL_DOMAIN = env.text(
    "MAIL_DOMAIN",
    DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost",
    takes="a domain",
    shown="that of `DEFAULT_FROM_EMAIL`",
    help="The domain in the `Message-ID` of mails and by which the site greets the mail server, in place of the "
    "server's own name. Choose a neutral one.",
)
COALITION_NAME = env.text(
    "COALITION_NAME",
    takes="a name",
    help="The coalition's name on fact sheets, sheets for recommending States and editions.",
)
SHARE_LINK_DAYS = env.number(
    "SHARE_LINK_DAYS",
    30,
    least=1,
    most=366,
    help="Days after which a link that opens a published edition without an account expires, unless its maker says "
    "otherwise.",
)
PUBLIC_PAGES = env.flag(
    "PUBLIC_PAGES",
    False,
    help="Open the pages under `/public/` to everybody without sign-in: published assessments and public evidence.",
)
QUICK_EXIT_URL = env.url(
    "QUICK_EXIT_URL",
    "https://www.google.com/",
    ("https", "http"),
    help="Where the button *Quick exit* leads: a page that nobody wonders about where the site's people live.",
)
SECURITY_CONTACT = env.text(
    "SECURITY_CONTACT",
    takes="`mailto:` and an address, or an `https://` address",
    help="Whom to tell of a weakness; stands in `/.well-known/security.txt`. Without it there is no such page.",
)
SEARCH_LIMIT = env.number(
    "SEARCH_LIMIT",
    60,
    most=100_000,
    help="Most searches of one person in a minute; one address may ask five times as much. `0` sets no limit.",
)
EXPORT_LIMIT = env.number(
    "EXPORT_LIMIT",
    60,
    most=100_000,
    help="Most exports and downloads of one person in an hour; one address may have five times as many. `0` sets "
    "no limit.",
)
PUBLIC_LIMIT = env.number(
    "PUBLIC_LIMIT",
    120,
    most=100_000,
    help="Most public pages that one address may open in a minute without sign-in. `0` sets no limit.",
)
ANCHOR_KEY_FILE = env.text(
    "ANCHOR_KEY_FILE",
    str(DATA_DIR / "keys" / "anchor.key"),
    takes="the path of a file",
    shown="`keys/anchor.key` in `DATA_DIR`",
    help="The file of the key that signs each day how far the audit log went; made when it is first needed. Keep a "
    "copy outside the server.",
)
ANCHOR_MAIL = env.flag(
    "ANCHOR_MAIL",
    False,
    help="Send each day's signed line about the audit log to the administrators, so that it is kept elsewhere too.",
)
UPLOAD_MAX_MB = env.number(
    "UPLOAD_MAX_MB", 50, least=1, most=10_000, help="Most megabytes of one uploaded file."
)
UPLOAD_DAY_FILES = env.number(
    "UPLOAD_DAY_FILES",
    200,
    least=1,
    most=100_000,
    help="Most files of evidence that one person sends in 24 hours.",
)
UPLOAD_DAY_MB = env.number(
    "UPLOAD_DAY_MB",
    2000,
    least=1,
    most=1_000_000,
    help="Most megabytes of evidence that one person sends in 24 hours.",
)
CLAMD_URL = env.url(
    "CLAMD_URL",
    "",
    ("tcp", "unix"),
    help="A ClamAV server that searches every file for malicious software: `tcp://HOST:3310` or `unix:///SOCKET`. "
    "Without it files are shown as not scanned.",
)
FETCH_SOURCES = env.flag(
    "FETCH_SOURCES",
    False,
    help="Let the worker open addresses of sources: to keep a copy when a person asks, and to see every week whether "
    "they still answer. Whoever runs those sites sees that this server asked. Never done for restricted evidence.",
)
UPLOAD_KINDS = env.words(
    "UPLOAD_KINDS",
    ("pdf", "image", "docx", "xlsx", "audio", "video"),
    choices=("pdf", "image", "docx", "xlsx", "audio", "video"),
    help="Kinds of files accepted as evidence, judged by content.",
)
LANGUAGE_CODE = env.choice(
    "DEFAULT_LANGUAGE",
    "en",
    ("en", "ru", "kk"),
    help="Language of pages for people who have chosen none, and of the public pages.",
)
TIME_ZONE = env.text(
    "TIME_ZONE",
    "Asia/Almaty",
    takes="a name such as `Asia/Almaty`",
    help="The time zone in which people read times. The database holds UTC.",
)
LOG_LEVEL = env.choice(
    "LOG_LEVEL",
    "INFO",
    ("DEBUG", "INFO", "WARNING", "ERROR"),
    help="How much the log tells. It goes to stderr.",
)
LOG_FORMAT = env.choice(
    "LOG_FORMAT",
    "line",
    ("line", "json"),
    help="Lines for people, or one JSON object a line for those who collect logs. Both carry the numbers of request "
    "and job, and no personal data.",
)
METRICS_TOKEN = env.text(
    "METRICS_TOKEN",
    takes="at least 16 random characters",
    help="Opens `/metrics` (Prometheus text format, no personal data) to who sends it as `Authorization: Bearer …`. "
    "Without it there is no such page.",
)
JOB_LEASE = env.number(
    "JOB_LEASE",
    45,
    least=8,
    most=3600,
    help="Seconds after which the work of a killed worker is taken up by another.",
)
JOB_SWEEP = env.number(
    "JOB_SWEEP",
    30,
    least=2,
    most=600,
    help="Seconds between two looks for work that no worker was told of.",
)

# --- What must be true of those choices ---------------------------------------------------------------------------

if PRODUCTION:
    SECRET_KEY = secret_key.checked(SECRET_KEY)
    if DEBUG:
        raise SettingError("DEBUG must be off in production: it shows source code and settings to visitors.")
    if not ALLOWED_HOSTS:
        raise SettingError(
            "ALLOWED_HOSTS is missing: a production site needs the host names it is called by."
        )
    if not SITE_URL.startswith("https://"):
        raise SettingError(
            "SITE_URL is missing or not https: a production site needs its public https:// address."
        )
elif not SECRET_KEY:
    SECRET_KEY = secret_key.kept_in(DATA_DIR / "secret_key")
if VAULT_KEY:
    vault_key.identities_in(VAULT_KEY)
elif VAULT_KEY_FILE:
    VAULT_KEY_FILE = str(Path(VAULT_KEY_FILE).expanduser().absolute())
elif PRODUCTION:
    raise SettingError(
        "VAULT_KEY_FILE is missing: a production site needs the file of the key that opens its evidence, outside "
        "DATA_DIR. `age-keygen -o FILE` or `manage.py make_vault_key FILE` makes one."
    )
else:
    VAULT_KEY_FILE = str(DATA_DIR / "keys" / "vault.key")
    vault_key.made_once(DATA_DIR)
if METRICS_TOKEN and len(METRICS_TOKEN) < 16:
    raise SettingError("METRICS_TOKEN: it is too short to be safe; it takes at least 16 random characters.")
if SECURITY_CONTACT and not SECURITY_CONTACT.startswith(("mailto:", "https://")):
    raise SettingError(
        "SECURITY_CONTACT: the value is not usable; it takes mailto: and an address, or an https:// address."
    )
if TIME_ZONE not in zoneinfo.available_timezones():
    raise SettingError("TIME_ZONE: there is no such time zone; it takes a name such as Asia/Almaty.")
