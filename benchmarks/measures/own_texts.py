"""The texts of the twelve papers that ``own_papers.py`` writes, in its short form for headings, tables and lines."""

INTERIM = """
18 澜溪农村商业银行股份有限公司
16/20 2025 年半年度报告
13 一、重要提示
10/6/20 本行董事会于2025年8月27日召开第五届董事会第十一次会议，应出席董事11名，实际出席10名，独立董事裴砚秋因公务委托出席，审议通过了本半年度报告。本报告未经审计，但已由立衡会计师事务所（特殊普通合伙）审阅。本行2025年中期不进行利润分配，亦不以公积金转增股本。
13 二、公司简介
10 法定代表人：闻人叔衡　　行长：戚南圃　　董事会秘书：蒲令仪
10/6/20 截至报告期末，本集团在职员工3,128人，营业网点167家（含总行营业部1家、支行41家、分理处125家），另控股村镇银行2家。
13 三、主要会计数据和财务指标
8 （除特别注明外，金额单位为人民币百万元）
= 170 100 100 80 open
项目|2025年6月30日|2024年12月31日|增减(%)
资产总额|248,316|236,905|4.82
发放贷款和垫款总额¹|149,549|142,210|5.16
负债总额|229,774|218,861|4.99
吸收存款|186,420|175,088|6.47
归属于母公司股东的权益|17,986|17,515|2.69
每股净资产（元）|5.62|5.47|2.74
7.5 注1：不含应计利息。
= 170 100 100 100
监管指标（%）|2025年6月30日|2024年12月31日|2023年12月31日
不良贷款率|1.61|1.68|1.74
拨备覆盖率|217.98|209.35|201.16
拨贷比|3.51|3.52|3.50
流动性比例|71.30|68.44|65.02
单一最大客户贷款比例|4.87|5.10|5.66
---
13 四、合并利润表
8.5 2025年1至6月　　　　　　　　　　　　　　　　　　　　　　单位：人民币千元
= 210 110 110 open two heads
项目|本集团|<
^|2025年1-6月|2024年1-6月
利息收入|3,412,587|3,560,114
利息支出|(1,768,402)|(1,903,377)
　利息净收入|1,644,185|1,656,737
手续费及佣金收入|182,640|171,905
手续费及佣金支出|(41,377)|(38,220)
　手续费及佣金净收入|141,263|133,685
投资收益|208,914|161,072
公允价值变动损益|(12,806)|34,551
其他业务收入|9,433|8,120
一、营业收入|1,990,989|1,994,165
税金及附加|(18,227)|(17,940)
业务及管理费|(587,341)|(569,208)
信用减值损失|(612,550)|(688,415)
其他业务成本|(1,102)|(987)
二、营业支出|(1,219,220)|(1,276,550)
三、营业利润|771,769|717,615
营业外收支净额|(3,415)|1,288
四、利润总额|768,354|718,903
减：所得税费用|(109,872)|(104,660)
五、净利润|658,482|614,243
　归属于母公司股东的净利润|641,905|601,377
　少数股东损益|16,577|12,866
7.5 后附财务报表附注为本财务报表的组成部分。
---
13 五、管理层讨论与分析（节选）
10/6/20 报告期内，本集团净息差为1.74%，同比下降11个基点，主要由于贷款市场报价利率（LPR）下调以及存量按揭贷款利率集中调整，资产端收益率降幅大于负债端付息率降幅。公允价值变动损益由上年同期的净收益转为净损失，主要是债券市场利率二季度回升导致交易性债券估值下跌。成本收入比29.50%，同比上升0.96个百分点，主要由于数字化投入增加。
10/6/20 投资收益同比增长29.70%，主要因处置其他债权投资实现的价差收益增加。
11 附注12　发放贷款和垫款——按阶段划分
8 单位：人民币百万元
= 150 80 80 80 80
2025年6月30日|预期信用损失|<|<|<
^|第一阶段|第二阶段|第三阶段|合计
公司贷款和垫款|84,215|3,906|1,742|89,863
个人贷款|46,380|1,287|903|48,570
票据贴现|11,054|62|–|11,116
贷款总额|141,649|5,255|2,645|149,549
减：减值准备|(2,108)|(1,164)|(1,977)|(5,249)
账面净值|139,541|4,091|668|144,300
9 报告期内核销不良贷款5.36亿元，收回已核销贷款0.88亿元。
11 附注13　不良贷款行业分布（2025年6月30日）
8 单位：人民币百万元，百分比除外
= 150 80 80 80
行业|贷款余额|不良贷款|不良率(%)
批发和零售业|15,896|612|3.85
制造业|23,128|488|2.11
房地产业|6,368|377|5.92
建筑业|9,744|201|2.06
农、林、牧、渔业|11,370|155|1.36
其他|23,357|107|0.46
公司贷款小计|89,863|1,940|2.16
个人贷款|48,570|468|0.96
票据贴现|11,116|–|–
---
11 附注38　分部报告
8 2025年1-6月　人民币百万元
= 110 75 75 70 60 70 open
|公司银行业务|零售银行业务|资金业务|其他|合计
营业收入|968|702|298|23|1,991
其中：利息净收入|811|640|189|4|1,644
业务及管理费|(262)|(271)|(31)|(23)|(587)
信用减值损失|(396)|(214)|(3)|–|(613)
利润总额|301|212|264|(9)|768
分部资产|92,405|47,880|106,117|1,914|248,316
11 附注41　资本充足率
= 150 75 75 75 75
|2025年6月30日|<|2024年12月31日|<
|本集团|本行|本集团|本行
核心一级资本净额（百万元）|17,204|16,690|16,741|16,255
核心一级资本充足率|10.47%|10.29%|10.62%|10.43%
一级资本充足率|11.03%|10.91%|11.20%|11.07%
资本充足率|13.26%|13.12%|13.58%|13.41%
杠杆率|7.12%|6.98%|7.05%|6.93%
9.5 附注45　承诺及或有事项：截至2025年6月30日，本集团存在尚未了结的被诉案件14起，涉案金额合计约1.27亿元，已计提预计负债2,140万元。
9.5 附注47　资产负债表日后事项：2025年7月22日，本行在全国银行间债券市场发行二级资本债券15亿元，期限10年（第5年末附赎回权），票面利率2.38%。
"""

FACTSHEET = """
Title Thornmere Global Income Fund
BodyText Monthly factsheet &#8211; Class B (USD, distributing) &#8211; as at 31 October 2025
BodyText <b>Objective.</b> The Fund aims to deliver an income of 4% to 5% a year over rolling three-year periods, with capital growth as a secondary aim, by investing at least 70% of assets in investment-grade bonds and dividend-paying equities.
= 150 280
Key facts|
Fund manager|Odalys Brennecke (since March 2019)
Launch date|14 May 2012
Fund size|USD 1,284.6 million
NAV per unit|USD 11.4372
Ongoing charge (OCF)|0.87%
Entry charge|up to 3.00%
Performance fee|None
Minimum initial investment|USD 2,500
Distribution|Quarterly: last business day of Jan, Apr, Jul, Oct
Last distribution|USD 0.1180 per unit (31 October 2025)
Dealing cut-off|11:00 a.m. Dublin time, daily
Custodian|Ardlinn Depositary Services DAC

Heading4 Cumulative performance, net of fees (%)
= 100 55 55 55 55 55 55 open
|1 month|3 months|YTD|1 year|3 years|5 years
Class B (USD)|0.62|1.94|7.15|8.40|19.27|(2.31)
Benchmark¹|0.71|2.20|6.48|7.92|17.05|1.16
Difference|(0.09)|(0.26)|0.67|0.48|2.22|(3.47)
Heading4 Calendar-year performance (%)
= 100 55 55 55 55 55 open
|2024|2023|2022|2021|2020
Class B (USD)|5.38|8.91|(14.66)|(0.74)|6.02
Benchmark¹|4.95|8.10|(13.20)|0.35|5.57
Small ¹ 60% Hallward Global Aggregate (hedged), 40% Hallward World High Dividend. Past performance is not a guide to future returns.
---
Heading3 Portfolio at 31 October 2025
Heading4 Asset allocation (% of NAV)
= 140 80 80 80 open
Asset class|31 Oct 2025|30 Sep 2025|Change (pp)
Government bonds|28.4|30.1|(1.7)
Corporate bonds IG|33.7|32.2|1.5
High yield|7.9|8.3|(0.4)
Equities|26.3|25.6|0.7
Cash and FX forwards|3.7|3.8|(0.1)
Total|100.0|100.0|
Heading4 Top five holdings
= 200 80 open
Holding|Weight (%)
US Treasury 4.25% 2034|6.1
Bundesobligation 2.40% 2030|4.4
Kestral Utilities plc|2.8
Norvane Pharma AG|2.5
Republic of Ostmark 5.10% 2031|2.2
Heading4 Risk statistics (3 years, annualised)
= 140 80 open
Volatility|6.94%
Sharpe ratio|0.41
Tracking error|2.15%
Effective duration|5.8 years
Average credit rating|A-
Maximum drawdown|-9.73%
BodyText <b>Manager's comment.</b> The Fund lagged its benchmark in October, chiefly because it held less duration than the index while yields fell, and because Norvane Pharma dropped 11% after a failed phase III trial. We trimmed government bonds and added to euro corporates, where new issues came at attractive concessions. The risk indicator (SRI) remains 3 out of 7.
"""

TERMS = """
Issuer|Harrowick Infrastructure Finance plc (the "Issuer")
Guarantor|Harrowick Ports Group Limited, on a senior unsecured basis
Instrument|Senior Unsecured Sustainability-Linked Notes due 2032
Aggregate principal amount|GBP 425,000,000
Issue ratings (expected)|Baa2 (stable) by Corbel Ratings / BBB by Veritane
Trade date / Settlement date|3 November 2025 / 12 November 2025 (T+7)
Maturity date|12 November 2032
Coupon|5.625% per annum, payable semi-annually in arrear on 12 May and 12 November, first coupon 12 May 2026
Issue price|99.413% of the principal amount
Reoffer spread|UKT 4.25% 2032 plus 148 basis points; reoffer yield 5.728%
Day count|Actual/Actual (ICMA), following, unadjusted
Denominations|GBP 100,000 and integral multiples of GBP 1,000 above that
Coupon step-up|25 basis points from the first interest period after 31 December 2029 if the Issuer does not cut Scope 1 and 2 emissions by 42% against the 2021 baseline
Optional redemption|Make-whole call at UKT + 25 bp until 12 August 2032; at par thereafter (3-month par call); clean-up call if 80% or more has been repurchased
Change of control|Put at 101% if accompanied by a rating downgrade to below investment grade
Financial covenant|Consolidated net debt to EBITDA not to exceed 4.75x (5.25x for two test dates after a material acquisition); interest cover at least 2.0x; tested semi-annually
Negative pledge|Yes; permitted security up to 15% of consolidated total assets
Events of default|Non-payment of interest continuing 14 days or of principal 7 days; cross-acceleration above GBP 20 million; insolvency
Use of proceeds|Refinance the GBP 300 million 3.90% notes due January 2026 and general corporate purposes
Joint lead managers|Aldersyde Bank, Pentwater Regional Bank and Kroon Securities (active)
Fees|Combined management and underwriting commission 0.35% of principal
Listing|Luxembourg Stock Exchange, Euro MTF
Governing law|English law
ISIN / Common code|XS2971840556 / 297184055
"""

INSURANCE = """
遠嶼人壽安馨住院醫療健康保險附約
（給付項目：住院病房費用保險金、外科手術保險金、出院療養保險金）　中華民國114年3月1日遠壽商字第1140301號函備查
! 第一條　名詞定義
「疾病」係指被保險人自本附約生效日起持續有效三十日以後所發生之疾病；但癌症之等待期間為九十日。續保者不受前述期間之限制。
「醫院」不包括專供休養、戒毒、戒酒、護理、養老等非以直接診治病人為目的之醫療機構。
! 第三條　投保年齡與續保
本附約之投保年齡為零歲至六十五歲，保險期間為一年，期滿得續保至被保險人保險年齡達八十歲之保單週年日。
! 第五條　契約撤銷權
要保人於保險單送達的翌日起算十日內，得以書面檢同保險單向本公司撤銷本附約。
! 第六條　寬限期間與停效
年繳或半年繳者，自催告到達翌日起三十日內為寬限期間；月繳或季繳者，自保險單所載交付日期之翌日起三十日為寬限期間。逾寬限期間仍未交付者，本附約自寬限期間終了翌日起停止效力。停止效力之日起二年內得申請復效。
! 第九條　住院病房費用保險金
被保險人住院診療者，本公司按實際自付之病房費給付，但每日以附表一所列「每日限額」為限；同一次住院最高給付日數為三百六十五日。入住加護病房者，每日限額提高為一點五倍，但最高以六十日為限。
附表一　給付限額表（單位：新臺幣元）
給付項目|投保計劃|<|<
^|計劃一|計劃二|計劃三
病房費用每日限額|1,500|2,500|4,000
外科手術每次限額|60,000|120,000|200,000
出院療養每日定額|500|800|1,200
住院醫療雜費每次限額|80,000|150,000|300,000
! 第十二條　除外責任
被保險人因下列原因所致之住院，本公司不負給付責任：一、故意行為（包括自殺及自殺未遂）。二、犯罪行為。三、非法施用防制毒品相關法令所稱之毒品。四、美容手術、外科整型。五、健康檢查、療養、靜養。六、懷孕、流產或分娩，但醫療行為必要之剖腹產不在此限。七、牙科裝設義齒。
! 第十五條　保險金之申領
受益人應檢具保險金申請書、診斷證明書、醫療費用收據正本及受益人身分證明。本公司應於收齊文件後十五日內給付；可歸責於本公司而未給付者，應按年利一分加計利息。請求權自得為請求之日起二年間不行使而消滅。
附表二　年繳保險費率（單位：新臺幣元／每單位）
保險年齡|計劃一|<|計劃二|<|計劃三|<
|男|女|男|女|男|女
0-20|1,860|1,790|2,940|2,830|4,615|4,430
21-40|2,315|2,680|3,702|4,288|5,870|6,790
41-60|4,120|3,985|6,590|6,376|10,450|10,105
61-80|8,790|7,930|14,060|12,690|22,310|20,120
※ 月繳費率＝年繳×0.088；季繳＝年繳×0.262；半年繳＝年繳×0.52。客服專線 0800-066-712。
"""

EXPENSES = """
泊川银行差旅与费用报销管理办法
2025年4月修订　自2025年5月1日起施行　归口部门：计划财务部
# 第一章 总则
第一条 为规范费用开支，制定本办法。
第二条 本办法适用于总行各部门、各分支机构在编及劳务派遣员工，外聘顾问参照执行。
# 第二章 差旅
第五条 出差须事前在OA系统提交申请；未经审批的出差费用不予报销，突发事件可于返程后3个工作日内补批。
第六条 交通工具：总行部门总经理及以上可乘坐高铁一等座、飞机经济舱；其他员工乘坐高铁二等座，单程高铁行程超过5小时的可乘坐飞机经济舱。
第七条 住宿费按下表标准限额内据实报销，超标部分自理。
单位：元/人·天
职级|住宿限额|<|<
^|一类城市|二类城市|其他地区
行领导|1,200|900|700
部门总经理/副总经理|800|650|500
其他员工|550|450|350
. 注：一类城市指北京、上海、广州、深圳；旺季（7-8月）在二类城市可上浮20%。
第八条 伙食补助每人每天100元，市内交通补助每人每天80元，均包干使用；由接待单位统一安排用餐的，不发放伙食补助。
第九条 出差人员应于返程后15个工作日内报销，逾期超过60日的不再受理。
# 第三章 业务招待
第十二条 业务招待实行事前审批。单次招待费用5,000元以下由部门总经理审批，5,000元（含）至2万元由分管行领导审批，2万元以上由行长审批。
第十三条 人均用餐标准不得超过300元，陪餐人数：对方10人以内的，陪餐不超过3人；超过10人的，不超过来客人数的三分之一。
第十四条 严禁报销烟、高档酒水及礼金礼券。
# 第四章 通讯与培训
第十六条 通讯补贴按月发放：行领导600元，部门负责人400元，客户经理300元，其他员工150元。
第十七条 员工考取CFA、FRM、CPA证书的，一次性奖励8,000元，报考费凭合格成绩报销；服务期不满2年离职的，按未服务月份比例退还。
# 第五章 附则
第二十条 虚假报销的，除追回款项外，处以报销金额1至3倍的扣罚，情节严重的解除劳动合同。
第二十一条 本办法由计划财务部负责解释，原《差旅费管理办法》（泊银发〔2022〕41号）同时废止。
"""

LENDING = """
Commercial Lending Policy (CLP-07)
Owner: Chief Credit Officer (Rosalind Achterberg). Approved by the Board Risk Committee on 11 June 2025. Effective 1 July 2025. Next review: June 2026.
# 1 Scope
1.1 This policy applies to all loans to legal entities with annual turnover above USD 2 million. Micro-business loans are covered by CLP-11.
1.2 It does not apply to interbank placements or staff loans.
# 2 Underwriting standards
2.1 The debt service coverage ratio (DSCR) must be at least 1.25x at origination and 1.10x under the stress case (rates +300 bp).
2.2 Total leverage may not exceed 4.0x EBITDA; loans above 4.0x up to 5.0x are exceptions and require the approval of the Credit Committee.
2.3 Maximum loan-to-value ratios are set out in Table 1. Valuations must not be older than 12 months and must be made by a panel valuer.
/ Table 1 - Maximum LTV and tenor
Collateral|Maximum LTV|<|Maximum tenor (years)
|New|Refinancing|
Owner-occupied commercial property|75%|70%|20
Investment property|65%|60%|10
Land, unimproved|50%|40%|3
Equipment, new|80%|n/a|7
Receivables (under 90 days)|85%|85%|1
# 3 Approval authorities
3.1 Authorities are by total exposure to the group of connected clients: Relationship Manager with Branch Head up to USD 500,000; Regional Credit Officer up to USD 3 million; Chief Credit Officer up to USD 12 million; Credit Committee up to USD 40 million; Board above USD 40 million.
3.2 No person may approve a loan to a client with whom they or a close relative hold an interest. Breach of this clause is gross misconduct.
3.3 Exceptions to policy may not exceed 8% of new commitments in any quarter; the actual ratio is reported to the Board Risk Committee.
# 4 Monitoring
4.1 Exposures above USD 5 million are reviewed at least every six months, others annually. Watchlist names are reviewed every quarter.
4.2 A loan is placed on the watchlist when: (a) payments are more than 30 days past due; (b) a financial covenant is breached; (c) the DSCR falls below 1.05x; or (d) the auditor issues a qualified opinion.
4.3 A loan is classified non-performing at 90 days past due, or earlier when full repayment is unlikely without realising collateral. Interest accrual then stops.
# 5 Concentration
5.1 Exposure to a single group shall not exceed 12% of Tier 1 capital (internal limit; the legal limit is 15%).
5.2 Commercial real estate shall not exceed 280% of total risk-based capital; construction loans 90%.
5.3 Prohibited sectors: thermal coal mining, unlicensed money transmission, tobacco manufacture and private prisons.
# 6 Guarantees
6.1 Personal guarantees are required from every owner of 20% or more, unless the borrower is listed or has an external rating of BBB- or better.
6.2 Guarantor net worth must cover at least 50% of the loan. Statements are renewed every 18 months.
"""

FEES = """\
<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>衡岳证券有限责任公司 收费标准</title><style>td{border:1px solid #999}</style></head><body>
<div class="nav"><a href="#">首页</a> | <a href="#">营业网点</a> | <a href="#">投资者教育</a></div>
<h1>衡岳证券收费项目及标准公示</h1><p>版本：2025年第2版　　生效日期：2025年7月1日　　发布部门：财富管理总部</p>
<h2>一、证券交易类</h2>
<table><tr><th rowspan=2>品种</th><th colspan=3>佣金</th><th rowspan=2>其他规费</th></tr><tr><th>公示上限</th><th>线上默认费率</th><th>单笔最低</th></tr>
<tr><td>A股</td><td>3‰</td><td>0.25‰</td><td>5元</td><td rowspan=2>过户费0.01‰（双向）；印花税0.5‰（卖方）</td></tr>
<tr><td>北交所股票</td><td>3‰</td><td>0.30‰</td><td>5元</td></tr>
<tr><td>场内ETF、LOF</td><td>3‰</td><td>0.10‰</td><td>0.5元</td><td>免</td></tr>
<tr><td>可转债（沪）</td><td>0.2‰</td><td>0.05‰</td><td>1元</td><td>免</td></tr>
<tr><td>港股通</td><td>3‰</td><td>0.35‰</td><td>20港元</td><td>印花税0.1%（双向）、交易征费0.0027%</td></tr>
<tr><td>股票期权（每张）</td><td>–</td><td>2.3元</td><td>–</td><td>备兑开仓卖出开仓暂免</td></tr></table>
<p><small>注：①单笔佣金不足最低标准的按最低标准收取。②年满65周岁客户，A股单笔最低佣金减按3元收取。</small></p>
<h2>二、融资融券</h2><p>单位：年化%</p><table><tr><td>客户等级</td><td>日均资产门槛（万元）</td><td>融资利率</td><td>融券费率</td></tr><tr><td>普通</td><td>—</td><td>6.85</td><td>8.35</td></tr><tr><td>银卡</td><td>50</td><td>6.20</td><td>8.35</td></tr><tr><td>金卡</td><td>300</td><td>5.40</td><td>7.60</td></tr><tr><td>钻石</td><td>1,000</td><td>4.58</td><td>6.95</td></tr></table>
<p>逾期未还的负债，自逾期之日起按日万分之五收取逾期罚息。维持担保比例低于130%时发出追保通知，客户须于T+2日内补足至140%以上，否则本公司有权强制平仓。开通两融须满足：证券交易经验满6个月，且最近20个交易日日均资产不低于50万元。</p>
<h2>三、账户与杂项</h2><ul><li>人民币证券账户开户：免费；港币B股个人开户：120港元。</li><li>撤销指定交易、转托管：每只证券30元。</li><li>银证转账：免费，单日上限500万元。</li><li>资金对账单纸质邮寄：每份15元，每年首份免费。</li><li>交易时间外的银证转账服务时段为周一至周五8:30至16:00，法定节假日除外。</li></ul>
<p>如对收费有异议，请致电 95-3361 或向营业部书面投诉，我公司于15个工作日内答复。</p><div class="footer">© 衡岳证券 中国证监会核准 投资有风险</div></body></html>\
"""

MINUTES = """\
---
密级: 内部
---
# 泊川银行授信审批委员会 2025 年第 14 次会议纪要

**时间**：2025年9月18日（周四）14:00–17:20
**地点**：总行 19 楼 1903 会议室（滨州、眉山两分行视频接入）
**主持人**：岑望舒（主任委员、首席风险官）
**出席委员**：岑望舒、郁怀瑾、佘立群、温知夏、骆景行、邬洛、单向晚（共 7 人）
**请假**：祝霁（出差）
**列席**：公司业务部 殷若谷；合规部 桑晓岚
**记录**：卞可

## 议题一　恒砾新材料科技有限公司综合授信
经办机构眉山分行申请 4.5 亿元，期限 36 个月。

| 项目 | 申报 | 批复 |
|---|---:|---:|
| 敞口额度（万元） | 45,000 | 32,000 |
| 其中：流动资金贷款 | 25,000 | 20,000 |
| 其中：银承敞口 | 20,000 | 12,000 |
| 期限（月） | 36 | 18 |
| 利率 | LPR+45BP | LPR+70BP |
| 保证金比例 | 20% | 30% |

委员关注：下游光伏客户集中，前五大客户占销售收入 71%；2025 年上半年经营性现金流 **-0.83 亿元**。
表决：同意 5 票，反对 2 票（佘立群、邬洛）。**有条件通过**。
放款前提：① 实际控制人夫妇提供连带责任保证；② 落实土地及厂房抵押，抵押率不超过 55%；③ 贷款存续期内资产负债率不高于 65%。

## 议题二　芦汀置业有限公司房地产开发贷款
申请 6.8 亿元，期限 3 年，用于“芦汀·云上”二期。
表决：同意 1 票，反对 6 票。**不予通过**。主要理由：项目资本金到位比例仅 18%，未达到 25% 的内部底线；一期去化率 37%；股东已有两笔非标展期。

## 议题三　万岫食品集团存量贷款展期
余额 1.24 亿元，原到期日 2025年9月30日，展期至 2026年6月30日，展期期间每季度还本 1,500 万元，风险分类由关注调整为次级。表决：全票同意。

## 议题四　其他
1. 会议通报：截至8月末全行关注类贷款 41.7 亿元，较年初增加 6.2 亿元。
2. 自 10 月起，单户 2 亿元以上授信须附压力测试报告，由郁怀瑾牵头制定模板，10月15日前完成。
3. 下次会议暂定 2025年10月16日。
"""

RELEASE = """\
<html><head><title>Marrowstone Financial Group Reports Third-Quarter 2025 Results</title></head><body><div>Investors | Media | Careers</div>
<h1>Marrowstone Financial Group Reports Third-Quarter 2025 Results</h1><p><i>SALTHOUSE, October 21, 2025</i> &#8212; Marrowstone Financial Group, Inc. (MFG) today reported net income of $87.3 million, or $1.42 per diluted share, for the third quarter of 2025, compared with $79.6 million, or $1.27 per diluted share, for the third quarter of 2024 and $91.8 million, or $1.49, for the second quarter of 2025.</p>
<p>"We grew deposits for the sixth quarter in a row while keeping costs in check," said Chief Executive Officer Tobias Ferncastle. "Credit normalised in our trucking book, as we had flagged in April."</p>
<h3>Highlights</h3><ul><li>Net interest income rose 6.1% from a year earlier to $246.9 million; the net interest margin widened 9 basis points to 3.34%.</li><li>Noninterest income was $71.5 million, down from $74.2 million, as mortgage banking fees fell by $4.8 million.</li><li>Noninterest expense came to $182.7 million, including a $6.4 million charge for the closing of 11 branches; the efficiency ratio was 57.4%.</li><li>The provision for credit losses increased to $22.1 million from $15.9 million in the year-ago quarter, owing mainly to two trucking borrowers.</li><li>Average loans were $24.8 billion (up 4%); average deposits $28.1 billion (up 7%), of which noninterest-bearing 23%.</li><li>Net charge-offs ran at 0.31% of average loans, against 0.22%.</li></ul>
<h3>Capital and dividend</h3><p>The common equity tier 1 ratio stood at an estimated 11.2% on September 30, 2025, unchanged from June 30. During the quarter the company bought back 640,000 shares for $31.7 million; $118 million remains under the authorization. On October 16 the board raised the quarterly dividend to $0.46 a share from $0.43, payable November 28 to holders of record on November 14.</p>
<h3>Outlook</h3><p>For the full year 2025 the company now expects net interest income growth of 5% to 6% (previously 4% to 5%) and noninterest expense of about $725 million. The effective tax rate, 22.8% in the quarter, is expected to be near 23%. The acquisition of Gullhaven Savings, announced in July for $310 million in stock, is expected to close in the first quarter of 2026, subject to regulatory approval.</p>
<h3>Conference call</h3><p>Management will hold a call at 8:30 a.m. Eastern on October 22; dial-in 1-844-555-0139. Contact: Imelda Strand, Investor Relations.</p><hr><small>Forward-looking statements involve risks. Tangible book value per share of $33.08 is a non-GAAP measure.</small></body></html>\
"""

QUESTIONS = """\
# Brindlewater Credit Union - Frequently asked questions
_Last updated: 2 October 2025. Rates may change without notice._

## Accounts
**How much do I need to open a savings account?**
You need to buy one share of $5, which stays in the account as long as you are a member.

**Is there a monthly fee on checking?**
Everyday Checking is $6 a month, waived if you are under 25, keep an average daily balance of $750, or receive direct deposits of at least $500 a month.

**What happens if I overdraw?**
Each item that overdraws your account by more than $10 costs $24, no more than three a day. If you bring the account positive by 9 p.m. the same day, there's no charge.

## Cards and transfers
| Service | Fee | Limit |
|---|---|---|
| ATM withdrawal, own network | free | $800 a day |
| ATM withdrawal, other networks | $2.50 | $500 a day |
| Domestic wire, outgoing | $22 | $50,000 a day |
| International wire, outgoing | $45 | $25,000 a day |
| Stop payment | $30 | - |
| Replacement card | $8 (first one a year free) | - |

**My card is lost. What now?**
Freeze it in the app or call 1-855-555-0174, any hour. If you tell us within 2 business days your liability is capped at $50; after that, up to $500.

**How long do mobile deposits take?**
The first $225 is available the same day; the rest by the second business day. Deposits above $5,000 may be held up to 7 business days.

## Loans
**Can I pay off my auto loan early?**
Yes, at any time, without a penalty.

**What credit score do I need for a mortgage?**
At least 640 for fixed-rate loans and 680 for adjustable ones; with a score below 700 we ask for a down payment of 10% or more.

**How do I dispute a charge?**
Write to us within 60 days of the statement. We give provisional credit within 10 business days while we look into it, and we finish within 45 days (90 for new accounts).

## Insurance
Deposits are insured by the NCUA up to $250,000 per member and ownership category.
"""
