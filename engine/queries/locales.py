"""The English of the processes' own texts: what the deployed folders bring."""

from collections import ChainMap
from collections.abc import Mapping

from sqlalchemy import select

from engine.definitions.locales import ENGLISH, read_english
from engine.unit_of_work import UnitOfWork
from models import Deployment, DeploymentResource

_READ: dict[str, Mapping[str, str]] = {}  # by the hash of the file: deployments never change


def english_texts(uow: UnitOfWork) -> Mapping[str, str]:
    """English by Chinese text, of every version of every folder; where they differ, the newest says it."""
    query = (
        select(DeploymentResource.deployment_id, DeploymentResource.sha256)
        .join(Deployment, Deployment.id == DeploymentResource.deployment_id)
        .where(DeploymentResource.name == ENGLISH)
        .order_by(Deployment.deployed_at.desc(), Deployment.version.desc(), Deployment.key)
    )
    newest_first: dict[str, Mapping[str, str]] = {}
    for row in uow.session.execute(query).all():
        if row.sha256 not in _READ:
            resource = uow.session.get_one(DeploymentResource, (row.deployment_id, ENGLISH))
            _READ[row.sha256] = read_english(bytes(resource.content))[0]
        newest_first[row.sha256] = _READ[row.sha256]
    return ChainMap(*(dict(texts) for texts in newest_first.values()))
