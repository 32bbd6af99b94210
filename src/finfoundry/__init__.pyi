from finfoundry.app import App as App
from finfoundry.app import open_app as open_app
from finfoundry.binding import Report as Report
from finfoundry.binding import verify as verify
from finfoundry.core.answer import Answer as Answer
from finfoundry.core.answer import Citation as Citation
from finfoundry.core.answer import Figure as Figure
from finfoundry.core.document import Document as Document
from finfoundry.core.document import Fact as Fact
from finfoundry.core.document import Parsed as Parsed
from finfoundry.core.errors import FinfoundryError as FinfoundryError
from finfoundry.core.errors import InputError as InputError
from finfoundry.core.errors import NotFound as NotFound
from finfoundry.core.errors import NotPermitted as NotPermitted
from finfoundry.core.errors import ParseError as ParseError
from finfoundry.core.errors import StoreError as StoreError
from finfoundry.core.principal import Principal as Principal
from finfoundry.knowledge.ingest.parse_file import parse as parse
from finfoundry.runtime.settings import Settings as Settings
from finfoundry.server.client import Client as Client

__version__: str
