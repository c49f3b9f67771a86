"""appraisal 考核: yearly appraisal, vetting, commendation, publication (Art. 15 to 20).

Owns yearly reports (述职), grades given by people and their flags, vettings (考察), commendations and
publications. Takes vetoes and effect periods (一票否决, 影响期) and tour results of others as events.
No program sets a grade: it refuses what the text refuses, flags what a veto touches, and answers with clause
and last blocked day.
"""
