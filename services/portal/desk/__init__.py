"""The screens of the front desk and the treatment rooms."""

from services.portal.desk import patients, search, till, today, visits

SCREENS = (today.blueprint, till.blueprint, visits.blueprint, patients.blueprint, search.blueprint)
