"""The chart of accounts (codes as the accountant knows them)."""

from typing import Final

CASH_DRAWER: Final = "1000"
CHEQUES: Final = "1020"
CARD_CLEARING: Final = "1050"
RECEIVABLE: Final = "1100"
SUPPLIES_INVENTORY: Final = "1200"
GOODS_RECEIVED: Final = "2050"
SALES_TAX: Final = "2200"
TIPS: Final = "2400"
TREATMENT_REVENUE: Final = "4000"
RETAIL_REVENUE: Final = "4100"
TREATMENT_SUPPLIES: Final = "5000"
RETAIL_COST: Final = "5010"
WASTE: Final = "5090"
STOCK_ADJUSTMENTS: Final = "5095"

CHART: Final[dict[str, tuple[str, str]]] = {
    CASH_DRAWER: ("Cash drawer", "asset"),
    CHEQUES: ("Cheques to deposit", "asset"),
    CARD_CLEARING: ("Card clearing", "asset"),
    RECEIVABLE: ("Accounts receivable", "asset"),
    SUPPLIES_INVENTORY: ("Supplies inventory", "asset"),
    GOODS_RECEIVED: ("Goods received, not yet invoiced", "liability"),
    SALES_TAX: ("Sales tax payable", "liability"),
    TIPS: ("Tips payable", "liability"),
    TREATMENT_REVENUE: ("Microneedling revenue", "revenue"),
    RETAIL_REVENUE: ("Retail revenue", "revenue"),
    TREATMENT_SUPPLIES: ("Treatment supplies used", "expense"),
    RETAIL_COST: ("Cost of retail goods sold", "expense"),
    WASTE: ("Expired and wasted stock", "expense"),
    STOCK_ADJUSTMENTS: ("Stock count differences", "expense"),
}

TENDER_ACCOUNTS: Final = {"cash": CASH_DRAWER, "card_external": CARD_CLEARING, "cheque": CHEQUES}
REVENUE_ACCOUNTS: Final = {"treatment": TREATMENT_REVENUE, "retail": RETAIL_REVENUE}

# Where value goes when it leaves the shelves, or comes from when it reaches them.
PURPOSE_ACCOUNTS: Final = {
    "treatment": TREATMENT_SUPPLIES,
    "retail": RETAIL_COST,
    "receipt": GOODS_RECEIVED,
    "waste": WASTE,
    "adjustment": STOCK_ADJUSTMENTS,
}
