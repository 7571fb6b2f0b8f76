"""The vocabulary: what a scan talks about, as frozen structs over plain data.

Shapes follow the report schema ``seamcheck.scan/1``; :mod:`seamcheck.report.scan_json` turns them into it.
"""

from seamcheck.model.errors import (
    ConfigError,
    InternalError,
    NothingAnalysed,
    RegistryError,
    RulesError,
    SeamcheckError,
)
from seamcheck.model.evidence import Location, Reason, Step
from seamcheck.model.exit_codes import ExitCode
from seamcheck.model.report import (
    Claim,
    Consumer,
    Finding,
    Loop,
    NearMiss,
    Objective,
    Problem,
    Read,
    ScanReport,
    Seam,
    TrainCall,
)

__all__ = [
    "Claim",
    "ConfigError",
    "Consumer",
    "ExitCode",
    "Finding",
    "InternalError",
    "Location",
    "Loop",
    "NearMiss",
    "NothingAnalysed",
    "Objective",
    "Problem",
    "Read",
    "Reason",
    "RegistryError",
    "RulesError",
    "ScanReport",
    "Seam",
    "SeamcheckError",
    "Step",
    "TrainCall",
]
