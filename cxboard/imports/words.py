"""What people write in a cell for a choice, in Dutch and in English; compared without case, accents and punctuation."""

from ..causes.models import Category
from ..issues.status import Confidence, Status

STATUSES = {
    word: status
    for status, words in {
        Status.NEW: ("new", "nieuw", "open"),
        Status.ANALYSING: ("analysing", "analyse", "in analyse", "analysis", "analyzing", "onderzoek"),
        Status.READY: ("ready", "ready to start", "klaar om te starten", "startklaar", "to do"),
        Status.IN_PROGRESS: ("in progress", "in uitvoering", "bezig", "doing"),
        Status.VERIFYING: ("verifying", "measuring effect", "effect meten", "meten"),
        Status.DONE: ("done", "klaar", "gereed", "afgerond", "closed", "gesloten"),
        Status.PARKED: ("parked", "geparkeerd", "on hold", "later"),
        Status.DECLINED: ("declined", "afgewezen", "rejected", "vervallen"),
    }.items()
    for word in words
}

CATEGORIES = {
    word: category
    for category, words in {
        Category.SKILLS: ("skills", "skills and knowledge", "vaardigheden en kennis", "vaardigheden", "kennis"),
        Category.POLICY: ("policy", "policy and rules", "beleid en regels", "beleid", "regels"),
        Category.SYSTEMS: ("systems", "systems and tools", "systemen en middelen", "systemen", "systeem", "tools"),
        Category.PROCESS: ("process", "process and bureaucracy", "proces en bureaucratie", "proces", "bureaucratie"),
        Category.STRUCTURE: ("structure", "organisation and silos", "organisatie en silo s", "organisatie", "silo s", "structuur"),
        Category.CULTURE: ("culture", "culture and leadership", "cultuur en leiderschap", "cultuur", "leiderschap"),
        Category.WORKLOAD: ("workload", "workload and wellbeing", "werkdruk en welzijn", "werkdruk", "welzijn"),
    }.items()
    for word in words
}

CONFIDENCES = {
    word: confidence
    for confidence, words in {
        Confidence.LOW: ("low", "laag", "50"),
        Confidence.MEDIUM: ("medium", "midden", "middel", "gemiddeld", "80"),
        Confidence.HIGH: ("high", "hoog", "100"),
    }.items()
    for word in words
}
