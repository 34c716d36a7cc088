"""What the district's own records say that a service's reference is, and K."""

from pydantic import BaseModel, ConfigDict


class Reference(BaseModel):
    """A service's usual shortfall per 10,000, from the last four closed quarters, beside the one in force.

    `computed` is none where too few worked too little on it: then a decree sets it. `outdated`: the whole district is
    so much worse than the one in force that it is to be renewed.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"service": "ktp", "items": 5200, "officers": 9, "computed": 1184, "in_force": 1200, "outdated": False}
            ]
        }
    )

    service: str
    items: int
    officers: int
    computed: int | None
    in_force: int | None
    outdated: bool


class ShrinkageShown(BaseModel):
    """K, the weight of what is usual beside an officer's own evidence, from the last four closed quarters.

    `computed` is none where too few worked too little: then a decree sets it.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"officers": 21, "items": 9400, "computed": 9, "in_force": 8}]}
    )

    officers: int
    items: int
    computed: int | None
    in_force: int
