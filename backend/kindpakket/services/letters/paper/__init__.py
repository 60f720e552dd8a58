"""Letters, cards and address labels on paper: typeset with Typst, tagged, one PDF.

Secrets go from process to process through pipes and reach the disk in the finished PDF only.
"""
