"""Drafts on disk: nothing typed is lost, and what became of a letter is known at the next start.

drafts = Drafts()
opened = drafts.begin()                 # or drafts.open("7")
saver = Saver(opened, told)             # saves while a person types; `told` hears of each attempt
saver.save(draft)                       # at every key; returns at once
number = opened.begin_sending(mail, email, draft)  # on disk before the first byte leaves
opened.end_sending(number, receipt)
saver.close()                           # what was typed last is on disk
opened.discard()                        # everybody has it; or opened.close() to keep it
"""
