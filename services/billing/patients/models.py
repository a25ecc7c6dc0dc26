"""Patients, with only what billing needs of them, and the words they are found by."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.base import Base
from shared.idempotency import Keyed, unique_key


class Patient(Keyed, Base):
    """A person who is treated and billed at one clinic. A merged duplicate points to the one that stays."""

    __tablename__ = "patients"
    __table_args__ = (
        unique_key("clinic_id"),
        CheckConstraint("merged_into <> patient_id", name="not_merged_into_itself"),
        Index("ix_patients_name", "clinic_id", "sort_name", "patient_id"),
        Index("ix_patients_merged_into", "merged_into", postgresql_where="merged_into IS NOT NULL"),
    )

    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    number: Mapped[int] = mapped_column(BigInteger, Identity(start=1001), unique=True)
    given_name: Mapped[str]
    family_name: Mapped[str]
    sort_name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("patients.patient_id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


class PatientTerm(Base):
    """One folded word a patient is found by: a part of the name, the phone's digits, the e-mail, the number.

    It carries what lists are ordered by, so that a page of a long answer is found in this index alone.
    """

    __tablename__ = "patient_terms"
    __table_args__ = (
        Index(
            "ix_patient_terms_prefix",
            "clinic_id",
            "term",
            "sort_name",
            "patient_id",
            postgresql_ops={"term": "text_pattern_ops"},
        ),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.patient_id"), primary_key=True)
    term: Mapped[str] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.clinic_id"))
    sort_name: Mapped[str]
