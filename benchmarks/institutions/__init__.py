"""Annual reports of invented banks, insurers, brokers, funds and property companies, in English and Chinese, with all that they say known.

``books`` draws figures that add up, ``style`` how a paper prints, ``statements`` and ``composed`` the paper's blocks with the truth of each
printed number, ``files`` a PDF, a web page or a Word file of them, ``questions`` what may be asked. The words lie in ``data``.
"""
