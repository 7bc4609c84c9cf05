/** Given names that are common in contracts in English and are seldom used as other words. */
export const givenNames: ReadonlySet<string> = new Set(
  (
    'aaron abigail abraham adam adrian agnes ahmed aidan alan albert alejandro alex alexander alexandra alfred ali alice ' +
    'alicia alison allan allen allison alvin amanda amy ana andrea andreas andrew angela anil anita ann anna anne annette ' +
    'anthony antoine antonio archibald arjun arnold arthur ashley audrey barbara barnaby barry bart beatrice ben benjamin ' +
    'bernard bernd beth betty beverly bill birgit bob bonnie boris brad bradley brandon brenda brent brett brian bridget ' +
    'bruce bryan caleb cameron carl carla carlos carmen carol caroline carolyn caspar catherine cathy cecilia charles ' +
    'charlie cheryl chloe chris christian christina christine christoph christopher cindy claire clara clarence claude claudia ' +
    'clifford colin colleen connie conrad constance corey craig curtis cynthia damian dan daniel danielle danny darren ' +
    'dave david dawn dean deborah debra declan denis denise dennis derek diana diane dieter dmitri dominic don donald donna ' +
    'doris dorothy doug douglas duncan dustin dylan earl ed eddie edgar edith edmund eduardo edward edwin eileen elaine ' +
    'eleanor elena elizabeth ellen emily emma emmanuel enrique eric erica erik ernest esther ethan eugene eva evan evelyn ' +
    'felipe felix fernando fiona florence frances francesca francesco francis francisco francois frank franz fred frederick ' +
    'friedrich gabriel gail gareth gary gavin geoffrey george gerald gerard gilbert giovanni giuseppe glenn gloria gordon ' +
    'graham greg gregory guillermo gustav guy hannah hans harold harriet harry harvey hassan heather hector heidi heinrich ' +
    'heinz helen helena helga henri henry herbert herman hiroshi holly howard hubert hugh hugo ian ibrahim ignacio ingrid ' +
    'irene isaac isabel isabella ivan jack jackie jacob jacqueline jacques jaime james jamie jan jane janet janice jason ' +
    'javier jay jean jeff jeffrey jennifer jenny jeremiah jeremy jerome jerry jesse jessica jill jim jimmy joan joanna ' +
    'joanne joe joel johann johannes john johnny jon jonathan jorge jose josef joseph josephine joshua joyce juan judith judy ' +
    'julia julian julie jun jurgen justin karen karl karla kate katherine kathleen kathryn kathy katie keith kelly ken ' +
    'kenji kenneth kent kerry kevin kim kimberly klaus kristen kristin kurt kyle lance larry laura lauren laurence laurent ' +
    'lawrence leah lee leo leon leonard leopold leroy leslie lewis liam linda lisa lloyd lois loretta lori lorraine louis ' +
    'louise lucas lucia lucy luis luke lynn madeleine malcolm manuel marc marcel marcia marco marcus margaret maria marie ' +
    'marilyn mario marion marjorie mark marshall martha martin marvin mary mathew matt matthew maureen maurice max megan ' +
    'melanie melissa melvin michael michel michele michelle miguel mike mildred milton mitchell mohamed mohammed monica ' +
    'morris nancy natalie natasha nathan nathaniel neil nelson nicholas nicola nicolas nicole nigel nina noah noel nora ' +
    'norma norman oleg oliver olivia oscar otto owen pablo pamela patricia patrick paul paula pauline pedro peggy penelope ' +
    'pete peter phil philip philippa phillip phyllis pierre priya rachel rafael raj rajesh ralph ramon randall randy raul ' +
    'ravi raymond rebecca regina renee ricardo richard rick rita rob robert roberta roberto robin rodney roger roland ronald ' +
    'ronnie rosa rosalind rose rosemary roy rupert russell ruth ryan sabine salvatore sam samantha samuel sandra sanjay sara ' +
    'sarah scott sean sebastian sergei seth shane shannon sharon shawn sheila shirley sidney simon sofia sonia sophia sophie ' +
    'stacy stan stanley stefan stella stephanie stephen steve steven stewart stuart sue sunil susan suzanne sven sylvia ' +
    'takashi tamara tanya ted terence teresa terrence terri terry theodore theresa thomas tiffany tim timothy tina todd tom ' +
    'tommy toni tony tracy travis trevor tyler ursula valerie vanessa vernon veronica vicki victor vikram vincent virginia ' +
    'vivian vladimir walter wanda warren wayne wendy werner wilhelm william winifred wolfgang xavier yolanda yuri yvonne ' +
    'zachary zoe'
  ).split(' '),
);
