"""Deployments: resources put live together, immutable."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base


class Deployment(Base):
    """One version of a process folder. Never changed; running instances stay on theirs."""

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("key", "version"), UniqueConstraint("key", "sha256"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(String(64), index=True)  # folder key: "motion"
    version: Mapped[int]  # from 1, per key
    sha256: Mapped[str] = mapped_column(String(64))  # over all resources
    manifest: Mapped[dict[str, Any]]  # process.yaml as read
    deployed_at: Mapped[datetime]
    deployed_by: Mapped[str | None] = mapped_column(String(64))  # NULL: shipped with the product
    resources: Mapped[list[DeploymentResource]] = relationship(back_populates="deployment")


class DeploymentResource(Base):
    """One file of a deployment, byte for byte."""

    __tablename__ = "deployment_resource"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)  # path below the folder
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    deployment: Mapped[Deployment] = relationship(back_populates="resources")


class ProcessDefinition(Base):
    """One BPMN process of a deployment."""

    __tablename__ = "process_definition"
    __table_args__ = (UniqueConstraint("deployment_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    key: Mapped[str] = mapped_column(String(128), index=True)  # BPMN @id of the process
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(255))
    resource_name: Mapped[str] = mapped_column(String(255))
