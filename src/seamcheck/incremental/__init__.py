"""A scan after an edit that cannot matter: the last report again, its lines moved, without any analysis.

The last full scan leaves behind which functions it followed and what decided which ones it ran
(:mod:`seamcheck.incremental.memory`). If the files that changed since differ only in lines, or in code that the
scan did not follow and that does not change what it would follow, a full scan would say the same: then it is not
run. :mod:`seamcheck.incremental.alignment` compares the code, :mod:`seamcheck.incremental.sliced` what would be
run, and :mod:`seamcheck.incremental.relocation` moves the places. Whatever is not certain is scanned in full.
"""
