/**
 * One plain question for each of CUAD's 41 categories, as a lawyer would ask it. Retrieval is
 * measured with them, so no model is trained on them.
 */
export const questions: Record<string, string> = {
  'Document Name': 'What is the title of this agreement?',
  Parties: 'Who are the parties to this contract?',
  'Agreement Date': 'On what date was this agreement made or signed?',
  'Effective Date': 'When does this agreement take effect?',
  'Expiration Date': 'When does the contract expire, and how long is its initial term?',
  'Renewal Term': 'Does the agreement renew after the initial term, and for how long?',
  'Notice Period To Terminate Renewal':
    'How much notice must be given to prevent the contract from renewing automatically?',
  'Governing Law': "Which state's or country's law governs this agreement?",
  'Most Favored Nation':
    'Must one party be offered terms or prices as good as those given to anyone else?',
  'Non-Compete': 'Is a party forbidden to compete with the other or to work in the same market?',
  Exclusivity: 'Has either side agreed to deal exclusively with the other?',
  'No-Solicit Of Customers': "May a party approach or solicit the other party's customers?",
  'Competitive Restriction Exception':
    'What are the exceptions to the exclusivity, non-compete and non-solicitation obligations?',
  'No-Solicit Of Employees': "Is it prohibited to hire or solicit the other party's staff?",
  'Non-Disparagement': 'Are the parties forbidden to speak ill of each other?',
  'Termination For Convenience':
    'Can a party end the agreement without cause, simply by giving notice?',
  'Rofr/Rofo/Rofn': 'Does anyone have a right of first refusal, first offer or first negotiation?',
  'Change Of Control':
    'What happens if one of the parties is acquired, merges or has a change of control?',
  'Anti-Assignment': 'Can the contract be assigned or transferred without consent?',
  'Revenue/Profit Sharing': 'Is a share of revenue or profit to be paid to the other party?',
  'Price Restrictions': "Are there limits on raising or lowering a party's prices?",
  'Minimum Commitment': 'Is there a minimum quantity or amount that must be bought or paid?',
  'Volume Restriction':
    'Is there a cap on usage or volume above which more must be paid or permission is needed?',
  'Ip Ownership Assignment':
    'Who owns the intellectual property created under this agreement, and is it assigned to the other party?',
  'Joint Ip Ownership': 'Is any intellectual property owned jointly by both parties?',
  'License Grant': 'What licence is granted, and what may the licensee do with it?',
  'Non-Transferable License': 'Is the licence non-transferable, or can it be sublicensed?',
  'Affiliate License-Licensor':
    "Does the licence include intellectual property of the licensor's affiliates?",
  'Affiliate License-Licensee': "May the licensee's affiliates also use the licensed rights?",
  'Unlimited/All-You-Can-Eat-License':
    'Does the licence allow unlimited use, with no cap for the enterprise?',
  'Irrevocable Or Perpetual License': 'Is the licence perpetual or irrevocable?',
  'Source Code Escrow':
    'Must the source code be deposited with an escrow agent, and when is it released?',
  'Post-Termination Services':
    'What must the parties still do after the agreement has ended, such as transition or wind-down?',
  'Audit Rights': 'Do we have the right to inspect books and records or audit compliance?',
  'Uncapped Liability': 'For which breaches is liability unlimited?',
  'Cap On Liability':
    "Is there a maximum on a party's liability, or an exclusion of consequential damages?",
  'Liquidated Damages': 'Are fixed damages or a termination fee payable upon breach?',
  'Warranty Duration': 'How long does the warranty on the products or services last?',
  Insurance: 'What insurance must be carried, and with what coverage?',
  'Covenant Not To Sue':
    "Has a party promised not to sue or not to challenge the other's intellectual property?",
  'Third Party Beneficiary': 'Can anyone who is not a party enforce this contract?',
};
