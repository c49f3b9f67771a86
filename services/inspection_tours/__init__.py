"""inspection_tours 巡查: routine, special and random tours, their findings and rectification (Art. 14).

Owns tours, findings (问题), rectification (整改), results and the coverage of the two-yearly cycle. Takes
accidents and the roster as events; proposes a special tour after an accident of 较大 or worse; gives results
to appraisal as reference. Special and random tours never count as the routine one.
"""
