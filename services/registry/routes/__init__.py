"""The registry over HTTP."""

from services.registry.routes.accidents import router as accidents
from services.registry.routes.answers import router as answers
from services.registry.routes.appointments import router as appointments
from services.registry.routes.findings import declarations
from services.registry.routes.findings import router as findings
from services.registry.routes.officials import router as officials
from services.registry.routes.officials import searches
from services.registry.routes.organs import router as organs
from services.registry.routes.portfolios import router as portfolios
from services.registry.routes.regions import router as regions

ROUTERS = (regions, organs, officials, searches, appointments, portfolios, answers, accidents, findings, declarations)
