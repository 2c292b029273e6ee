"""Where a source is fetched from: the [name.pull] section of a mapping, one model a kind."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Pull(BaseModel):
    # A password written here by mistake must not be shown by the error about it.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class SqlPull(_Pull):
    """Rows of a database, by a query or from a table."""

    kind: Literal["sql"] = "sql"
    url_from: str = Field(
        description="The secret that holds the database's URL: an environment variable, or a key "
        "of state/secrets.toml."
    )
    query: str | None = Field(default=None, description="One SELECT.")
    table: str | None = Field(
        default=None, description="Instead of a query: a table or view, with its schema if needed."
    )
    columns: tuple[str, ...] = Field(
        default=(), description="The columns of the table that are read; default: all."
    )
    cursor: str | None = Field(
        default=None,
        description="The column that says how far was read (when a row was changed, or a number "
        "that grows): a pull then asks only for rows from there on.",
    )
    lag_minutes: int = Field(
        default=0,
        ge=0,
        description="How far before the cursor rows are read again, for those written late.",
    )
    lag_steps: int = Field(
        default=0, ge=0, description="The same for a cursor that is a whole number."
    )
    chunk_rows: int = Field(
        default=50_000, ge=1, description="Rows in memory at a time (not for PostgreSQL)."
    )
    seconds: int = Field(
        default=1_800, ge=1, description="Longest time PostgreSQL may take to answer."
    )


class Bearer(_Pull):
    """A token in the header Authorization."""

    kind: Literal["bearer"] = "bearer"
    token_from: str = Field(description="The secret that holds the token.")


class ApiKey(_Pull):
    """A key in a header or a parameter of its own."""

    kind: Literal["api_key"] = "api_key"
    name: str = Field(description="The header or parameter: X-Api-Key.")
    key_from: str = Field(description="The secret that holds the key.")
    place: Literal["header", "query"] = Field(default="header", description="Where it goes.")


class Basic(_Pull):
    """A user and a password."""

    kind: Literal["basic"] = "basic"
    user: str = Field(description="The user's name.")
    password_from: str = Field(description="The secret that holds the password.")


class OnePage(_Pull):
    """Everything comes at once."""

    kind: Literal["one"] = "one"


class PageNumbers(_Pull):
    """Pages are asked for by number, until one is empty."""

    kind: Literal["number"] = "number"
    param: str = Field(default="page", description="The parameter that holds the number.")
    first: int = Field(default=1, ge=0, description="The number of the first page.")


class Offsets(_Pull):
    """Pages are asked for by how many records to leave out, until one is empty."""

    kind: Literal["offset"] = "offset"
    param: str = Field(default="offset", description="The parameter that says where to begin.")
    limit_param: str = Field(default="limit", description="The parameter for the page's size.")
    limit: int = Field(default=100, ge=1, description="Records a page.")


class NextLink(_Pull):
    """Each page says the address of the next one."""

    kind: Literal["next_link"] = "next_link"
    at: str | None = Field(
        default=None,
        description='Where in the answer: "links.next". Default: the header Link.',
    )


class NextMark(_Pull):
    """Each page says a mark to ask for the next one with."""

    kind: Literal["next_mark"] = "next_mark"
    at: str = Field(description='Where in the answer: "meta.next_cursor".')
    param: str = Field(description="The parameter that takes it.")


Auth = Annotated[Bearer | ApiKey | Basic, Field(discriminator="kind")]

Pages = Annotated[
    OnePage | PageNumbers | Offsets | NextLink | NextMark, Field(discriminator="kind")
]


class RestPull(_Pull):
    """Records of a web service that answers in JSON."""

    kind: Literal["rest"] = "rest"
    url: str = Field(description="The address asked; no other host is ever asked.")
    records: str = Field(
        default="$", description='Where in the answer the records are: "data"; default: all of it.'
    )
    params: dict[str, str | int | bool] = Field(
        default={}, description="Parameters of every request; no secret among them."
    )
    headers: dict[str, str] = Field(
        default={}, description="Headers of every request; no secret among them."
    )
    auth: Auth | None = Field(default=None, description="How the service knows who asks.")
    pages: Pages = Field(default=OnePage(), description="How the next page is asked for.")
    cursor: str | None = Field(
        default=None,
        description='The field that says when a record was changed: "updated_at", inside another '
        '"meta.updated_at".',
    )
    cursor_param: str | None = Field(
        default=None, description="The parameter that asks for records from the cursor on."
    )
    lag_minutes: int = Field(
        default=0, ge=0, description="How far before the cursor records are asked for again."
    )
    lag_steps: int = Field(
        default=0, ge=0, description="The same for a cursor that is a whole number."
    )
    max_pages: int = Field(
        default=10_000, ge=1, description="More pages than that are an endless loop: refused."
    )
    attempts: int = Field(
        default=5, ge=1, le=20, description="How often one page is asked for before giving up."
    )
    seconds: int = Field(default=30, ge=1, description="How long one answer may take.")
    allow_hosts: tuple[str, ...] = Field(
        default=(),
        description="Other hosts a next page or a redirect may lead to; also hosts whose address "
        "is of this machine's link alone, and those that may be asked unencrypted.",
    )


class FolderPull(_Pull):
    """Files of a folder or an object store: each new or changed one is a batch."""

    kind: Literal["folder"] = "folder"
    url: str = Field(
        description="Where they are: a folder (from the workspace's on), or s3://bucket/prefix. "
        "Which of them: `files` of the mapping."
    )
    key_from: str | None = Field(
        default=None,
        description="The secret that holds the access key of S3. Default: this machine's own.",
    )
    secret_from: str | None = Field(
        default=None, description="The secret that holds the secret key of S3."
    )
    endpoint: str | None = Field(
        default=None, description="The address of a store that speaks like S3."
    )


Pull = Annotated[SqlPull | RestPull | FolderPull, Field(discriminator="kind")]
