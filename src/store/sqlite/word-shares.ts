/**
 * In how many of 1,000 passages of contracts a word stands, as full-text search stems it; the commonest first.
 * Counted by `npm run train:words` over 38,858 passages of CUAD v1; words in fewer than one are left out.
 */
const shares =
  'the 925.1,of 885.1,and 839.2,to 829.2,in 704.0,or 641.1,a 561.2,ani 520.4,shall 510.3,' +
  'by 500.1,be 466.3,agreement 459.0,for 452.0,thi 446.0,with 411.8,as 395.8,parti 377.5,' +
  'such 374.7,that 344.1,1 336.0,other 334.9,it 328.4,2 296.2,is 292.4,not 290.3,s 286.5,' +
  'all 281.0,on 274.4,section 242.6,3 235.8,will 235.0,articl 235.0,provid 218.1,term 214.5,' +
  'under 206.3,product 202.8,includ 200.9,mai 195.1,4 192.3,right 192.1,which 191.4,us 188.4,' +
  'from 187.9,at 182.1,b 174.2,have 171.0,5 162.7,each 160.6,if 160.6,servic 153.9,' +
  'agre 153.4,an 150.7,oblig 146.6,applic 142.3,ar 142.1,date 139.3,exhibit 136.4,' +
  'respect 134.0,reason 132.3,requir 131.8,i 129.2,compani 126.0,6 122.4,inform 121.0,' +
  'time 120.6,no 118.2,ha 114.5,c 112.7,effect 110.6,law 110.4,limit 110.2,termin 109.3,' +
  'set 108.8,upon 108.7,written 106.2,licens 103.8,without 103.4,relat 100.8,materi 100.5,' +
  '7 100.0,perform 97.7,notic 97.6,10 96.9,ii 96.8,provis 96.8,busi 96.6,8 94.7,mean 94.4,' +
  'dai 93.1,forth 92.9,subject 90.9,follow 90.8,event 89.7,author 86.9,accord 86.4,' +
  'within 85.3,otherwis 85.3,prior 85.1,properti 84.3,definit 83.8,develop 83.7,third 83.2,' +
  'confidenti 81.1,gener 80.7,payment 80.5,9 80.3,than 79.1,affili 78.8,warranti 78.8,' +
  'except 78.5,dure 76.0,sale 75.8,after 74.8,request 73.6,condit 73.0,order 71.8,' +
  'pursuant 71.8,receiv 71.7,represent 71.1,connect 69.5,approv 68.9,custom 68.8,period 68.8,' +
  'd 68.8,12 67.0,execut 66.8,11 66.0,person 65.5,been 65.3,fee 63.8,but 63.6,make 63.5,' +
  'respons 63.2,addit 62.6,state 61.9,cost 61.6,either 61.5,made 61.4,schedul 61.3,' +
  'document 60.9,oper 60.9,claim 60.7,purpos 60.5,sole 59.2,grant 59.1,expens 59.0,' +
  'hereund 59.0,iii 58.8,write 58.6,e 58.1,between 57.5,repres 57.1,commerci 56.9,' +
  'specif 56.4,liabil 56.3,market 55.7,purchas 55.1,intellectu 54.6,control 54.5,action 54.4,' +
  'herein 54.4,non 54.3,agent 53.6,extent 53.4,their 52.9,amount 52.1,result 51.5,act 51.1,' +
  'necessari 50.9,plan 50.3,contain 50.1,miscellan 49.5,14 49.3,own 49.3,13 49.1,into 48.9,' +
  'secur 48.9,caus 48.8,out 48.3,permit 48.3,deem 48.0,breach 47.7,amend 47.3,transfer 47.1,' +
  'manufactur 46.7,consent 46.3,deliv 46.2,deliveri 46.2,contract 46.0,activ 45.8,case 45.7,' +
  'assign 45.5,pai 45.3,thereof 44.9,acknowledg 44.8,interest 44.5,then 44.4,15 44.2,' +
  'employe 43.8,name 43.5,design 43.3,file 43.3,onli 43.3,coven 43.0,system 42.8,unless 42.7,' +
  'exclus 42.7,part 42.6,against 42.5,govern 42.1,whether 41.6,refer 41.5,territori 40.9,' +
  '0 40.8,year 40.8,distributor 40.6,form 40.6,work 40.6,herebi 40.3,determin 40.2,' +
  'softwar 40.0,aris 39.8,report 39.7,manag 39.5,promot 39.1,due 39.0,data 39.0,offic 38.9,' +
  'accept 38.8,good 38.7,first 38.6,legal 38.6,regul 38.2,price 38.2,disclos 38.2,' +
  'account 38.0,avail 38.0,chang 37.8,regulatori 37.5,through 37.3,iv 37.3,unit 37.1,' +
  'patent 36.9,hereto 36.9,enter 36.8,damag 36.6,obtain 36.6,public 36.6,receipt 36.5,' +
  'matter 36.3,month 36.1,so 36.1,same 35.8,conduct 35.7,disclosur 35.6,distribut 35.6,' +
  'forego 35.6,process 35.2,indemnif 35.0,you 34.9,defin 34.9,abov 34.8,more 34.7,' +
  'maintain 34.5,program 34.3,complet 34.2,suppli 34.1,complianc 33.9,mutual 33.7,copi 33.6,' +
  'offer 33.5,notifi 33.3,further 33.3,effort 33.2,hereof 33.2,new 33.2,initi 33.1,f 33.0,' +
  'continu 32.9,statement 32.9,similar 32.9,standard 32.8,rule 32.5,mainten 32.4,joint 32.3,' +
  'inc 32.3,share 32.1,paid 32.1,associ 32.1,entiti 32.0,collect 31.8,base 31.8,30 31.4,' +
  'corpor 31.4,support 31.4,compli 31.3,record 31.3,constitut 31.3,list 31.2,trademark 31.1,' +
  'enforc 31.0,notwithstand 30.8,promptli 30.6,license 30.5,issu 30.3,titl 30.2,insur 30.2,' +
  'appli 30.1,end 30.1,financi 30.1,immedi 30.0,technolog 30.0,mark 29.9,specifi 29.4,' +
  'ownership 29.4,regard 29.3,expir 29.1,failur 29.1,loss 28.9,would 28.9,transact 28.9,' +
  'content 28.9,doe 28.8,disput 28.7,incur 28.7,howev 28.6,take 28.6,below 28.5,16 28.4,' +
  'manner 28.4,certain 28.3,jurisdict 28.3,contractor 28.1,forc 28.0,exist 27.9,hold 27.9,' +
  'those 27.9,describ 27.6,full 27.5,procedur 27.4,indemnifi 27.2,when 27.2,benefit 27.0,' +
  'group 27.0,proceed 26.7,remain 26.7,advertis 26.6,g 26.6,appropri 26.5,remedi 26.5,' +
  'court 26.4,directli 26.2,per 26.1,registr 26.1,both 26.1,do 26.1,charg 26.0,current 25.9,' +
  'behalf 25.8,affect 25.6,franchis 25.6,meet 25.5,becom 25.4,commun 25.3,restrict 25.3,' +
  'access 25.2,claus 25.2,neither 25.2,qualiti 25.2,trade 25.2,must 25.1,site 25.0,' +
  'government 24.7,bind 24.7,give 24.6,exchang 24.6,19 24.5,expressli 24.5,sell 24.5,v 24.3,' +
  '17 24.2,review 24.2,entitl 24.0,proprietari 24.0,given 23.8,director 23.7,locat 23.7,' +
  'commenc 23.5,direct 23.5,protect 23.5,attach 23.5,consult 23.4,exercis 23.4,number 23.4,' +
  '18 23.3,basi 23.1,your 23.0,bank 22.7,user 22.7,asset 22.6,cooper 22.5,member 22.5,' +
  'duti 22.2,who 22.2,relev 22.1,least 22.1,practic 22.1,releas 22.1,agenc 22.1,valid 21.8,' +
  'address 21.7,contempl 21.7,appendix 21.7,minimum 21.7,appoint 21.6,independ 21.5,' +
  'sign 21.5,transport 21.3,where 21.3,compens 21.3,thereto 21.2,return 21.1,befor 21.0,' +
  'separ 20.9,commiss 20.8,close 20.7,nor 20.6,infring 20.6,therefor 20.5,equip 20.5,' +
  'polici 20.4,stock 20.4,assist 20.3,faith 20.3,less 20.3,feder 20.2,place 20.2,item 20.2,' +
  'rate 20.1,tax 20.0,project 19.9,warrant 19.8,default 19.8,identifi 19.8,portion 19.8,' +
  'also 19.7,power 19.7,brand 19.6,h 19.6,suit 19.5,consider 19.5,option 19.5,until 19.5,' +
  'actual 19.4,we 19.4,network 19.4,royalti 19.4,two 19.4,discret 19.2,intern 19.2,' +
  'resolut 19.2,violat 19.1,detail 18.9,supplier 18.9,page 18.8,technic 18.7,up 18.7,' +
  'licensor 18.7,fail 18.6,origin 18.6,duli 18.5,our 18.5,submit 18.5,express 18.5,t 18.3,' +
  'thei 18.3,creat 18.1,exclud 18.1,vi 18.0,calendar 18.0,modifi 18.0,thirti 18.0,u 18.0,' +
  'valu 17.9,addendum 17.9,there 17.9,ensur 17.8,constru 17.8,fund 17.8,administr 17.8,' +
  'propos 17.8,final 17.7,individu 17.7,negoti 17.7,20 17.7,clinic 17.7,establish 17.7,' +
  'now 17.7,delai 17.6,incorpor 17.5,natur 17.4,interpret 17.3,intend 17.3,prepar 17.3,' +
  'counsel 17.3,successor 17.1,treatment 17.1,invoic 17.0,paragraph 16.9,improv 16.8,' +
  'audit 16.8,particip 16.7,togeth 16.7,modif 16.5,payabl 16.5,free 16.5,wa 16.4,acquir 16.3,' +
  'capit 16.3,regist 16.3,consist 16.3,code 16.2,know 16.2,wai 16.1,annual 16.0,50 16.0,' +
  'retain 16.0,attornei 16.0,five 15.9,fulli 15.9,substanti 15.9,facil 15.8,cover 15.8,' +
  'test 15.7,client 15.7,advanc 15.6,furnish 15.6,partner 15.6,co 15.6,credit 15.5,' +
  'replac 15.5,equal 15.4,collabor 15.4,conflict 15.4,thereaft 15.3,countri 15.3,how 15.3,' +
  '01 15.2,counterpart 15.2,waiver 15.2,three 15.2,000 15.2,committe 15.1,occur 15.1,' +
  'franchise 15.0,net 15.0,liabl 15.0,therein 14.9,indirectli 14.8,consid 14.7,indemn 14.7,' +
  'allow 14.6,defend 14.6,21 14.6,advers 14.6,copyright 14.6,mail 14.6,instrument 14.5,' +
  'implement 14.5,reimburs 14.5,arbitr 14.4,certif 14.4,engag 14.3,scope 14.3,decis 14.2,' +
  'sold 14.2,x 14.2,owner 14.2,prospectu 14.2,knowledg 14.1,princip 14.1,them 14.1,can 14.1,' +
  'annex 14.0,entir 14.0,commit 13.9,research 13.9,elect 13.9,studi 13.9,descript 13.8,' +
  'indic 13.8,particular 13.8,relationship 13.8,capac 13.7,concern 13.7,investig 13.7,' +
  'over 13.7,level 13.7,circumst 13.6,m 13.6,seek 13.6,compet 13.5,later 13.5,possibl 13.4,' +
  'present 13.4,settlement 13.4,should 13.4,60 13.3,personnel 13.3,24 13.2,possess 13.2,' +
  'vendor 13.2,electron 13.2,field 13.2,harmless 13.1,involv 13.1,noth 13.1,these 13.1,' +
  'invent 13.1,total 13.1,carri 13.0,hour 13.0,special 12.9,equiti 12.9,omit 12.8,' +
  'surviv 12.8,subcontractor 12.7,llc 12.7,sever 12.7,futur 12.7,intent 12.6,reserv 12.6,' +
  'well 12.5,outsid 12.5,prevent 12.5,updat 12.4,best 12.4,sponsor 12.4,long 12.4,' +
  'subsequ 12.4,common 12.3,organ 12.3,resolv 12.3,ventur 12.3,renew 12.2,revenu 12.1,' +
  'defens 12.1,assum 12.1,confirm 12.1,leas 12.1,supplement 12.1,vii 12.0,judgment 12.0,' +
  'understand 12.0,repair 12.0,demand 11.9,trust 11.9,instal 11.9,train 11.9,need 11.9,' +
  'omiss 11.8,suffici 11.8,waiv 11.7,unreason 11.7,sourc 11.6,merchant 11.6,safeti 11.6,' +
  'local 11.5,viii 11.5,bankruptci 11.5,neglig 11.5,contrari 11.5,avoid 11.4,majeur 11.4,' +
  'packag 11.4,ship 11.4,were 11.4,held 11.3,calcul 11.3,ip 11.3,secret 11.1,shipment 11.1,' +
  'sublicens 11.1,employ 11.1,book 11.0,invest 11.0,percent 11.0,deriv 10.9,advis 10.9,' +
  'signatur 10.9,anyth 10.9,note 10.8,quarter 10.8,taken 10.8,02 10.8,dollar 10.8,com 10.8,' +
  'keep 10.7,acquisit 10.7,arrang 10.7,competit 10.7,anoth 10.7,exce 10.7,board 10.7,' +
  'discuss 10.7,function 10.7,method 10.6,22 10.6,compon 10.6,withheld 10.5,displai 10.5,' +
  'usag 10.5,preced 10.4,quantiti 10.4,risk 10.4,bear 10.4,desir 10.4,38 10.4,inspect 10.3,' +
  'subsidiari 10.3,nation 10.3,resel 10.3,seller 10.3,extend 10.2,carrier 10.2,correct 10.2,' +
  'bound 10.1,ix 10.1,partnership 10.0,r 10.0,select 10.0,said 10.0,like 10.0,logo 10.0,' +
  'cure 10.0,25 9.9,conform 9.9,sub 9.9,monthli 9.9,util 9.9,whole 9.9,39 9.8,profession 9.8,' +
  'oral 9.8,compound 9.7,adjust 9.7,cours 9.7,gross 9.7,impli 9.7,produc 9.7,opportun 9.6,' +
  'point 9.6,ten 9.6,wherea 9.6,resourc 9.6,comput 9.5,construct 9.5,whatsoev 9.5,integr 9.5,' +
  'correspond 9.5,n 9.5,aggreg 9.4,certifi 9.4,undertak 9.4,post 9.3,truste 9.3,ad 9.3,' +
  'contribut 9.3,version 9.3,ceas 9.3,forecast 9.2,assur 9.2,guarante 9.2,object 9.2,' +
  'alleg 9.2,instruct 9.2,platform 9.2,presid 9.2,call 9.1,import 9.1,remov 9.1,' +
  'inventori 9.1,issuer 9.1,media 9.0,trial 9.0,fulfil 9.0,lead 9.0,occurr 8.9,sent 8.9,' +
  '31 8.9,combin 8.8,enabl 8.8,health 8.8,prosecut 8.8,web 8.8,among 8.8,relief 8.8,00 8.7,' +
  'facsimil 8.7,threaten 8.7,differ 8.7,channel 8.6,potenti 8.6,sampl 8.6,york 8.6,' +
  'cancel 8.6,publish 8.5,disclaim 8.5,doubt 8.5,l 8.5,shipper 8.5,wit 8.5,o 8.5,' +
  'supersed 8.4,drug 8.4,transit 8.4,normal 8.3,press 8.3,beyond 8.3,p 8.3,invalid 8.3,' +
  'xi 8.3,appear 8.2,center 8.2,format 8.2,second 8.2,known 8.2,measur 8.1,area 8.1,' +
  'contact 8.1,home 8.1,industri 8.1,kind 8.1,sponsorship 8.1,injunct 8.1,23 8.0,cannot 8.0,' +
  'fact 8.0,about 8.0,master 8.0,principl 8.0,itself 8.0,last 8.0,soon 8.0,maximum 7.9,' +
  'via 7.9,vote 7.9,alloc 7.9,california 7.9,institut 7.9,begin 7.8,line 7.8,care 7.8,' +
  'insolv 7.8,sixti 7.8,type 7.8,automat 7.8,convers 7.8,litig 7.8,xencor 7.7,hi 7.7,' +
  'liquid 7.7,award 7.7,global 7.7,impos 7.7,notif 7.7,bill 7.6,render 7.6,attempt 7.6,' +
  'email 7.6,handl 7.6,manual 7.6,foreign 7.6,commerc 7.5,equival 7.5,hereinaft 7.5,onc 7.5,' +
  'ono 7.5,websit 7.4,endors 7.4,restaur 7.4,abil 7.4,earlier 7.4,host 7.4,jointli 7.4,' +
  'letter 7.4,medic 7.4,unabl 7.4,volum 7.4,deposit 7.3,durat 7.3,excess 7.3,indirect 7.3,' +
  'extens 7.3,unenforc 7.3,domain 7.3,injuri 7.3,ow 7.3,expect 7.2,cash 7.1,head 7.1,' +
  'phase 7.1,store 7.1,target 7.1,reject 7.1,26 7.1,defect 7.1,enterpris 7.1,franchisor 7.1,' +
  'guidelin 7.1,qualifi 7.1,28 7.0,accru 7.0,singl 7.0,card 7.0,sharehold 7.0,increas 7.0,' +
  'profit 7.0,reduc 6.9,settl 6.9,sublicense 6.9,j 6.9,k 6.9,mobil 6.9,outstand 6.9,' +
  'prohibit 6.9,open 6.9,pipelin 6.9,recogn 6.9,100 6.8,allianc 6.8,america 6.8,launch 6.8,' +
  '90 6.8,achiev 6.8,reflect 6.8,coverag 6.8,buyer 6.8,indentur 6.8,link 6.7,off 6.7,pre 6.7,' +
  'whereof 6.7,delawar 6.7,dilig 6.7,99 6.7,solut 6.7,deduct 6.7,financ 6.7,procur 6.7,' +
  'devic 6.6,fda 6.6,tabl 6.6,decemb 6.6,life 6.6,pend 6.6,understood 6.6,whom 6.6,' +
  'element 6.6,engin 6.6,serv 6.6,worldwid 6.6,alter 6.5,creditor 6.5,refund 6.5,recit 6.5,' +
  'six 6.5,wireless 6.5,pertain 6.5,quarterli 6.5,four 6.4,internet 6.4,ltd 6.4,awar 6.4,' +
  'balanc 6.4,remarket 6.4,subscript 6.4,twenti 6.4,world 6.4,assess 6.4,background 6.4,' +
  'withhold 6.4,abbvi 6.4,pharmaceut 6.4,word 6.4,evid 6.3,major 6.3,sender 6.3,equit 6.3,' +
  'everi 6.3,incom 6.3,misconduct 6.3,arrai 6.3,clariti 6.3,patient 6.3,label 6.2,street 6.2,' +
  'transmiss 6.2,issuanc 6.2,privaci 6.2,accur 6.2,declar 6.2,king 6.2,brought 6.1,bodi 6.1,' +
  'hardwar 6.1,satisfi 6.1,excit 6.1,publicli 6.1,submiss 6.1,27 6.0,holder 6.0,announc 6.0,' +
  'regardless 6.0,md 6.0,attent 5.9,harpoon 5.9,opinion 5.9,premis 5.9,sum 5.9,confer 5.9,' +
  'depart 5.9,mileston 5.9,enhanc 5.9,team 5.9,adequ 5.9,throughout 5.9,corio 5.8,next 5.8,' +
  'econom 5.8,vice 5.8,45 5.8,conveni 5.8,nice 5.8,proce 5.8,revis 5.8,03 5.8,chief 5.8,' +
  'coordin 5.8,designe 5.8,irrevoc 5.8,metavant 5.8,solicit 5.8,stand 5.8,statu 5.8,' +
  'thereund 5.8,assai 5.7,longer 5.7,strateg 5.7,suspend 5.7,altern 5.7,success 5.7,' +
  'becaus 5.7,sanofi 5.7,consum 5.6,firm 5.6,statut 5.6,greater 5.6,lien 5.6,posit 5.6,' +
  'consumm 5.6,had 5.6,contractu 5.6,pass 5.6,steer 5.6,illeg 5.5,dispos 5.5,anderson 5.5,' +
  'error 5.5,fit 5.5,nomin 5.5,print 5.5,reach 5.5,labor 5.4,consequenti 5.4,jsc 5.4,' +
  'previous 5.4,subsect 5.4,could 5.4,partial 5.4,build 5.4,etc 5.4,export 5.4,gsk 5.4,' +
  'penalti 5.4,validli 5.4,xiv 5.4,class 5.3,impair 5.3,januari 5.3,twelv 5.3,withdraw 5.3,' +
  'attribut 5.3,inur 5.3,plu 5.3,recipi 5.3,revm 5.3,assert 5.3,even 5.3,proper 5.3,' +
  'unauthor 5.3,ef 5.2,ginkgo 5.2,goodwil 5.2,percentag 5.2,primari 5.2,refus 5.2,' +
  'therewith 5.2,treat 5.2,astella 5.2,believ 5.2,bli 5.2,imag 5.2,sentenc 5.2,step 5.2,' +
  'featur 5.2,onlin 5.2,deliver 5.2,fmi 5.2,offici 5.2,wyzz 5.2,accordingli 5.1,advisor 5.1,' +
  'goosehead 5.1,fax 5.1,indemnite 5.1,storag 5.1,debt 5.1,prevail 5.1,analysi 5.0,' +
  'languag 5.0,cross 5.0,depom 5.0,equifax 5.0,impact 5.0,laboratori 5.0,capabl 5.0,' +
  'investor 5.0,prejudic 5.0,exploit 5.0,harm 5.0,hundr 5.0,zogenix 5.0,changepoint 4.9,' +
  'digit 4.9,down 4.9,hand 4.9,mediwound 4.9,merger 4.9,emploi 4.9,telephon 4.9,bkc 4.9,' +
  'roch 4.9,substitut 4.9,citi 4.8,cisco 4.8,estim 4.8,consolid 4.8,satisfactori 4.8,' +
  'therav 4.8,deal 4.8,exact 4.8,fg 4.8,loan 4.8,march 4.8,previou 4.8,verticalnet 4.8,' +
  '29 4.7,human 4.7,decid 4.7,experi 4.7,identif 4.7,nineti 4.7,transmit 4.7,whose 4.7,' +
  'assigne 4.7,categori 4.7,choic 4.7,food 4.7,station 4.7,tariff 4.7,xii 4.7,y 4.7,' +
  'courier 4.6,fire 4.6,problem 4.6,reliev 4.6,retent 4.6,valeant 4.6,wish 4.6,born 4.6,' +
  'fox 4.6,prepaid 4.6,dova 4.6,hotel 4.6,monitor 4.6,re 4.6,death 4.6,incident 4.6,void 4.6,' +
  'tool 4.5,subcontract 4.5,video 4.5,delet 4.5,elig 4.5,prospect 4.5,start 4.5,' +
  'exxonmobil 4.4,promis 4.4,save 4.4,structur 4.4,2018 4.4,evalu 4.4,2020 4.4,alreadi 4.4,' +
  'favor 4.4,pool 4.4,senior 4.3,subscrib 4.3,suspens 4.3,attend 4.3,mhc 4.3,none 4.3,' +
  'north 4.3,discontinu 4.3,ecopetrol 4.3,fifteen 4.3,properli 4.3,respond 4.3,thing 4.3,' +
  'travel 4.3,2019 4.3,databas 4.3,statutori 4.3,destroi 4.2,discount 4.2,prompt 4.2,' +
  'road 4.2,sono 4.2,certegi 4.2,he 4.2,inconsist 4.2,moeli 4.2,monei 4.2,satisfact 4.2,' +
  'iac 4.2,million 4.2,overnight 4.2,04 4.2,consequ 4.2,decre 4.2,demonstr 4.2,microgen 4.2,' +
  'question 4.2,while 4.2,confid 4.1,exampl 4.1,ga 4.1,green 4.1,insert 4.1,1933 4.1,' +
  'achaogen 4.1,beneficiari 4.1,bii 4.1,real 4.1,spinco 4.1,entri 4.1,send 4.1,view 4.1,' +
  'anticip 4.1,depositor 4.1,discoveri 4.1,merchandis 4.1,venu 4.1,budget 4.0,strategi 4.0,' +
  'aimmun 4.0,compar 4.0,abl 4.0,judici 4.0,reproduc 4.0,show 4.0,strict 4.0,american 4.0,' +
  'janssen 4.0,postag 4.0,week 4.0,back 3.9,comment 3.9,game 3.9,remaind 3.9,verifi 3.9,' +
  'preliminari 3.9,server 3.9,substanc 3.9,suffer 3.9,true 3.9,upgrad 3.9,complaint 3.9,' +
  'kei 3.9,light 3.9,oil 3.9,valuabl 3.9,clean 3.9,context 3.9,facilit 3.9,main 3.9,' +
  'prioriti 3.9,promulg 3.9,therebi 3.9,usa 3.9,1934 3.8,educ 3.8,recommend 3.8,500 3.8,' +
  'avenu 3.8,clear 3.8,parent 3.8,reduct 3.8,xiii 3.8,competitor 3.8,nexstar 3.8,' +
  'qualigen 3.8,airsopur 3.8,attn 3.8,hereaft 3.8,permiss 3.8,averag 3.7,model 3.7,' +
  'pocket 3.7,cumul 3.7,draft 3.7,earn 3.7,fault 3.7,forti 3.7,forward 3.7,placement 3.7,' +
  'vehicl 3.7,chemic 3.7,physic 3.7,pro 3.7,recov 3.7,reorgan 3.7,w 3.7,batch 3.7,' +
  'disposit 3.7,fifti 3.7,finish 3.7,most 3.7,signific 3.7,entireti 3.6,macrogen 3.6,' +
  'might 3.6,privat 3.6,protocol 3.6,qualif 3.6,region 3.6,april 3.6,ordinari 3.6,recal 3.6,' +
  'reput 3.6,counti 3.6,criteria 3.6,texa 3.6,35 3.6,pension 3.6,civil 3.5,energi 3.5,' +
  'formul 3.5,seven 3.5,www 3.5,examin 3.5,june 3.5,septemb 3.5,siga 3.5,tort 3.5,tv 3.5,' +
  'aei 3.5,benefici 3.5,encumbr 3.5,interfer 3.5,music 3.5,ncm 3.5,pursu 3.5,40 3.4,' +
  'english 3.4,hear 3.4,her 3.4,observ 3.4,affair 3.4,ceo 3.4,reli 3.4,sap 3.4,compris 3.4,' +
  'freight 3.4,lost 3.4,recoveri 3.4,south 3.4,tangibl 3.4,36 3.4,42 3.4,absolut 3.4,' +
  'composit 3.4,crude 3.4,mislead 3.4,paper 3.4,playboi 3.4,telkom 3.4,aspect 3.3,bsp 3.3,' +
  'find 3.3,come 3.3,fix 3.3,god 3.3,seri 3.3,add 3.3,allscript 3.3,done 3.3,misappropri 3.3,' +
  'ot 3.3,sekisui 3.3,war 3.3,wind 3.3,33 3.3,anti 3.3,regular 3.3,shown 3.3,discharg 3.2,' +
  'floor 3.2,inclus 3.2,interfac 3.2,staff 3.2,untru 3.2,africa 3.2,bring 3.2,broadcast 3.2,' +
  'exempt 3.2,farid 3.2,icc 3.2,progress 3.2,summari 3.2,tag 3.2,thousand 3.2,variou 3.2,' +
  'datec 3.2,drive 3.2,redact 3.2,schoolpop 3.2,spare 3.2,ca 3.2,centiv 3.2,inquiri 3.2,' +
  'airspan 3.1,choos 3.1,evidenc 3.1,machin 3.1,retail 3.1,scientif 3.1,sec 3.1,vericel 3.1,' +
  '2000 3.1,accurai 3.1,appendic 3.1,audio 3.1,fiscal 3.1,flood 3.1,frequenc 3.1,' +
  'musclepharm 3.1,prefer 3.1,prescrib 3.1,some 3.1,ascrib 3.1,auditor 3.1,broker 3.1,' +
  'forum 3.1,requisit 3.1,televis 3.1,32 3.0,cell 3.0,deleg 3.0,fall 3.0,hire 3.0,inabl 3.0,' +
  'late 3.0,mechan 3.0,mediat 3.0,outsourc 3.0,phone 3.0,whatev 3.0,05 3.0,check 3.0,' +
  'consecut 3.0,contest 3.0,punit 3.0,size 3.0,defici 3.0,divis 3.0,herewith 3.0,high 3.0,' +
  'instanc 3.0,multipl 3.0,orient 3.0,strike 3.0,creation 3.0,dealer 3.0,ehav 3.0,sought 3.0,' +
  'workflow 3.0,adaptimmun 2.9,adopt 2.9,panel 2.9,perman 2.9,premier 2.9,translat 2.9,' +
  'assembl 2.9,china 2.9,configur 2.9,currenc 2.9,estat 2.9,interrupt 2.9,smbc 2.9,' +
  'collater 2.9,ingredi 2.9,juli 2.9,anniversari 2.9,escal 2.9,februari 2.9,ordin 2.9,' +
  'outlin 2.9,preserv 2.9,environ 2.8,liquidmet 2.8,monetari 2.8,preambl 2.8,univers 2.8,' +
  'bond 2.8,earli 2.8,flow 2.8,ongo 2.8,pfizer 2.8,suitabl 2.8,west 2.8,37 2.8,api 2.8,' +
  'bachem 2.8,past 2.8,perpetu 2.8,virtu 2.8,convert 2.8,entertain 2.8,excus 2.8,formula 2.8,' +
  'found 2.8,incent 2.8,ipass 2.8,park 2.8,techniqu 2.8,text 2.8,concept 2.7,microsoft 2.7,' +
  'octob 2.7,petit 2.7,quot 2.7,stop 2.7,advisori 2.7,canada 2.7,expert 2.7,referenc 2.7,' +
  'therefrom 2.7,wire 2.7,administ 2.7,fcc 2.7,lieu 2.7,tribun 2.7,48 2.7,fair 2.7,guid 2.7,' +
  'load 2.7,look 2.7,preclud 2.7,revers 2.7,sheet 2.7,situat 2.7,underwrit 2.7,56 2.6,' +
  'august 2.6,bui 2.6,cabl 2.6,companion 2.6,daili 2.6,induc 2.6,neoforma 2.6,remit 2.6,' +
  'shop 2.6,xv 2.6,34 2.6,compromis 2.6,controversi 2.6,eutectix 2.6,water 2.6,accompani 2.6,' +
  'accuraci 2.6,advic 2.6,air 2.6,box 2.6,embodi 2.6,environment 2.6,hemispherx 2.6,' +
  'ident 2.6,minim 2.6,privileg 2.6,social 2.6,vest 2.6,customari 2.5,destruct 2.5,' +
  'discov 2.5,golf 2.5,hydrocarbon 2.5,minut 2.5,read 2.5,symbol 2.5,assumpt 2.5,dialog 2.5,' +
  'draw 2.5,inktomi 2.5,neg 2.5,novemb 2.5,pledg 2.5,search 2.5,cht 2.5,ground 2.5,roll 2.5,' +
  '1999 2.5,caribbean 2.5,diversinet 2.5,irrepar 2.5,resal 2.5,supervis 2.5,temporari 2.5,' +
  'tender 2.5,thereon 2.5,tph 2.5,ag 2.4,antibodi 2.4,challeng 2.4,fill 2.4,graphic 2.4,' +
  'intention 2.4,interact 2.4,mention 2.4,paperexchang 2.4,sinc 2.4,06 2.4,2010 2.4,44 2.4,' +
  'absenc 2.4,basic 2.4,conclus 2.4,detect 2.4,hoc 2.4,rel 2.4,wgt 2.4,district 2.4,lmg 2.4,' +
  'plant 2.4,transfere 2.4,whichev 2.4,women 2.4,43 2.4,atr 2.4,help 2.4,incid 2.4,lru 2.4,' +
  'polit 2.4,relianc 2.4,screen 2.4,talk 2.4,unanim 2.4,wholli 2.4,columbia 2.3,concurr 2.3,' +
  'convent 2.3,duplic 2.3,effici 2.3,fce 2.3,japan 2.3,jcc 2.3,scien 2.3,usd 2.3,worker 2.3,' +
  'addition 2.3,bona 2.3,central 2.3,dedic 2.3,energ 2.3,http 2.3,infrastructur 2.3,levi 2.3,' +
  'rise 2.3,180 2.3,alon 2.3,beacon 2.3,conjunct 2.3,fide 2.3,magenta 2.3,met 2.3,' +
  'strictli 2.3,whenev 2.3,wli 2.3,charter 2.3,degre 2.3,depend 2.3,holidai 2.3,phl 2.3,' +
  'rata 2.3,run 2.3,200 2.2,ancillari 2.2,diseas 2.2,lbio 2.2,mmt 2.2,mortgag 2.2,' +
  'power2ship 2.2,aircraft 2.2,edit 2.2,formal 2.2,improp 2.2,salari 2.2,annexur 2.2,' +
  'dress 2.2,furthermor 2.2,go 2.2,hous 2.2,2016 2.2,commod 2.2,el 2.2,fullest 2.2,' +
  'heritag 2.2,proof 2.2,stockhold 2.2,task 2.2,telecommun 2.2,afford 2.1,blue 2.1,' +
  'caption 2.1,debar 2.1,driver 2.1,fraud 2.1,philip 2.1,space 2.1,track 2.1,undertaken 2.1,' +
  'wildform 2.1,41 2.1,disabl 2.1,dynam 2.1,eleph 2.1,elsewher 2.1,expertis 2.1,input 2.1,' +
  'pharmacovigil 2.1,subparagraph 2.1,tat 2.1,theatr 2.1,52 2.1,appeal 2.1,belong 2.1,' +
  'biocept 2.1,de 2.1,destin 2.1,emerg 2.1,legisl 2.1,length 2.1,staar 2.1,barda 2.1,' +
  'european 2.1,florida 2.1,lender 2.1,physician 2.1,pleas 2.1,portal 2.1,segment 2.1,' +
  'sustain 2.1,108 2.0,2015 2.0,300 2.0,80 2.0,film 2.0,lower 2.0,plural 2.0,remuner 2.0,' +
  'singular 2.0,therapeut 2.0,vip 2.0,46 2.0,abandon 2.0,accid 2.0,contemporan 2.0,' +
  'convei 2.0,dismiss 2.0,healthcar 2.0,premium 2.0,see 2.0,stipul 2.0,stream 2.0,z 2.0,' +
  'acsi 2.0,custodi 2.0,expand 2.0,expiri 2.0,lawfulli 2.0,llp 2.0,modul 2.0,proport 2.0,' +
  'q 2.0,resign 2.0,skill 2.0,sky 2.0,url 2.0,dissolut 2.0,fine 2.0,japanes 2.0,juri 2.0,' +
  'methodolog 2.0,radio 2.0,san 2.0,sp 2.0,villag 2.0,wide 2.0,2017 1.9,escrow 1.9,' +
  'higher 1.9,land 1.9,moni 1.9,put 1.9,riot 1.9,toward 1.9,120 1.9,75 1.9,along 1.9,' +
  'banner 1.9,convict 1.9,fleet 1.9,ie 1.9,index 1.9,restat 1.9,st 1.9,timelin 1.9,union 1.9,' +
  '1st 1.9,cbc 1.9,conting 1.9,decreas 1.9,ediet 1.9,hof 1.9,jrdc 1.9,latest 1.9,messag 1.9,' +
  'accomplish 1.9,conceiv 1.9,corrupt 1.9,disburs 1.9,half 1.9,multipli 1.9,pack 1.9,' +
  'referr 1.9,2006 1.8,afsl 1.8,corp 1.8,custodian 1.8,did 1.8,disast 1.8,east 1.8,' +
  'factor 1.8,far 1.8,kept 1.8,medium 1.8,on2 1.8,presenc 1.8,raw 1.8,variat 1.8,2001 1.8,' +
  'crimin 1.8,d2 1.8,diplomat 1.8,fiduciari 1.8,here 1.8,hswi 1.8,kingdom 1.8,self 1.8,' +
  'vs 1.8,47 1.8,acquiror 1.8,exemplari 1.8,jrc 1.8,membership 1.8,overal 1.8,perfect 1.8,' +
  'shortag 1.8,side 1.8,09 1.7,2014 1.7,archiv 1.7,azul 1.7,bnl 1.7,idea 1.7,join 1.7,' +
  'live 1.7,loco 1.7,mpl 1.7,pollo 1.7,verif 1.7,voluntari 1.7,weight 1.7,advantag 1.7,' +
  'candid 1.7,cargil 1.7,celebr 1.7,charact 1.7,core 1.7,download 1.7,eight 1.7,electr 1.7,' +
  'hazard 1.7,leav 1.7,prime 1.7,republ 1.7,sundai 1.7,tone 1.7,variabl 1.7,07 1.7,ajr 1.7,' +
  'alfa 1.7,alwai 1.7,click 1.7,conclud 1.7,domest 1.7,expenditur 1.7,explos 1.7,gob 1.7,' +
  'guidanc 1.7,ibm 1.7,inhibitor 1.7,nevada 1.7,recent 1.7,secretari 1.7,shanghai 1.7,' +
  'smith 1.7,statist 1.7,theori 1.7,101 1.7,49 1.7,51 1.7,55 1.7,adapt 1.7,anyon 1.7,' +
  'bromelain 1.7,cgmp 1.7,cutanea 1.7,dissemin 1.7,ind 1.7,interim 1.7,left 1.7,nake 1.7,' +
  'port 1.7,shp2 1.7,succeed 1.7,uniqu 1.7,wade 1.7,xc 1.7,24b 1.6,agreeabl 1.6,aid 1.6,' +
  'aucta 1.6,autom 1.6,comprehens 1.6,elimin 1.6,ethic 1.6,extern 1.6,implic 1.6,' +
  'intricon 1.6,margin 1.6,po 1.6,rebat 1.6,reveal 1.6,rghi 1.6,signal 1.6,xviii 1.6,' +
  'approxim 1.6,biolog 1.6,color 1.6,consigne 1.6,deviat 1.6,emv 1.6,famili 1.6,indebted 1.6,' +
  'introduc 1.6,ki 1.6,mitig 1.6,profil 1.6,rais 1.6,suggest 1.6,underli 1.6,unpaid 1.6,' +
  '2009 1.6,analyt 1.6,backup 1.6,constel 1.6,efficaci 1.6,fals 1.6,fsl 1.6,goal 1.6,' +
  'learn 1.6,misus 1.6,overse 1.6,safe 1.6,sanction 1.6,saturdai 1.6,sc 1.6,subdivis 1.6,' +
  'substant 1.6,undersign 1.6,voluntarili 1.6,witnesseth 1.6,70 1.6,aforement 1.6,' +
  'buffalo 1.6,bureau 1.6,cancer 1.6,compil 1.6,dispatch 1.6,earthquak 1.6,eighti 1.6,' +
  'eton 1.6,fte 1.6,hydraspin 1.6,illinoi 1.6,nonexclus 1.6,portfolio 1.6,rang 1.6,readi 1.6,' +
  'stabil 1.6,still 1.6,vari 1.6,xvi 1.6,2005 1.5,aforesaid 1.5,critic 1.5,diagnost 1.5,' +
  'discrep 1.5,essenti 1.5,excis 1.5,expans 1.5,front 1.5,impress 1.5,introduct 1.5,' +
  'mandatori 1.5,nuanc 1.5,rout 1.5,specialti 1.5,standstil 1.5,volumetr 1.5,votocast 1.5,' +
  'what 1.5,wing 1.5,writ 1.5,53 1.5,briberi 1.5,cap 1.5,clearli 1.5,disrupt 1.5,' +
  'explicitli 1.5,fixtur 1.5,forthwith 1.5,gaap 1.5,netgroc 1.5,null 1.5,ny 1.5,plai 1.5,' +
  'resid 1.5,revok 1.5,roger 1.5,routin 1.5,season 1.5,signatori 1.5,talent 1.5,telnet 1.5,' +
  'uniform 1.5,unload 1.5,valv 1.5,voic 1.5,2004 1.5,312 1.5,54 1.5,admit 1.5,burger 1.5,' +
  'debtor 1.5,declin 1.5,dolphin 1.5,endeavor 1.5,et 1.5,gift 1.5,ic 1.5,legend 1.5,' +
  'marketplac 1.5,photograph 1.5,phrase 1.5,purport 1.5,revoc 1.5,secondari 1.5,visit 1.5,' +
  'wholesal 1.5,2013 1.5,annuiti 1.5,bankrupt 1.5,bioamber 1.5,cellco 1.5,characterist 1.5,' +
  'feasibl 1.5,frame 1.5,fusion 1.5,guest 1.5,id 1.5,influenc 1.5,jdrc 1.5,ma 1.5,ppd 1.5,' +
  'ppg 1.5,refrain 1.5,remot 1.5,sensit 1.5,ticket 1.5,traffic 1.5,versa 1.5,wild 1.5,08 1.4,' +
  '150 1.4,accommod 1.4,artist 1.4,authoris 1.4,blank 1.4,capsugel 1.4,disapprov 1.4,' +
  'distributorship 1.4,disturb 1.4,fdic 1.4,involuntari 1.4,molecular 1.4,moral 1.4,' +
  'multi 1.4,occup 1.4,primarili 1.4,redempt 1.4,restor 1.4,short 1.4,tripath 1.4,71 1.4,' +
  'auction 1.4,bid 1.4,bonu 1.4,bylaw 1.4,career 1.4,catalog 1.4,conformi 1.4,distinct 1.4,' +
  'dr 1.4,imntv 1.4,isa 1.4,knowingli 1.4,misrepresent 1.4,oxbow 1.4,peopl 1.4,' +
  'plazomicin 1.4,room 1.4,rubicon 1.4,seriou 1.4,sport 1.4,successfulli 1.4,visual 1.4,' +
  'xvii 1.4,600 1.4,authorship 1.4,chairman 1.4,clearanc 1.4,debit 1.4,divid 1.4,edg 1.4,' +
  'exit 1.4,gie 1.4,him 1.4,medicin 1.4,obligor 1.4,rma 1.4,sooner 1.4,unfair 1.4,' +
  'verizon 1.4,zone 1.4,2002 1.4,57 1.4,65 1.4,adjud 1.4,app 1.4,bug 1.4,david 1.4,' +
  'deadlin 1.4,galaxi 1.4,hci 1.4,intermediari 1.4,lawsuit 1.4,move 1.4,numer 1.4,' +
  'password 1.4,pdf 1.4,resum 1.4,role 1.4,soni 1.4,1998 1.3,bulk 1.3,campaign 1.3,' +
  'claimant 1.3,exceed 1.3,former 1.3,fuel 1.3,highest 1.3,honeywel 1.3,literatur 1.3,' +
  'nda 1.3,offset 1.3,pfhof 1.3,promin 1.3,safeguard 1.3,simultan 1.3,sow 1.3,spoken 1.3,' +
  'terror 1.3,washington 1.3,2008 1.3,365 1.3,58 1.3,answer 1.3,anywher 1.3,baselin 1.3,' +
  'chosen 1.3,encourag 1.3,gender 1.3,graph 1.3,lea 1.3,prove 1.3,provision 1.3,rcp 1.3,' +
  'reconcili 1.3,stage 1.3,top 1.3,western 1.3,yet 1.3,2011 1.3,2012 1.3,95 1.3,abid 1.3,' +
  'cpdc 1.3,disagr 1.3,ex 1.3,fraudul 1.3,jrv 1.3,recognit 1.3,reissu 1.3,serial 1.3,' +
  'surveil 1.3,authent 1.3,becam 1.3,better 1.3,cardax 1.3,centr 1.3,creativ 1.3,' +
  'guaranti 1.3,immunotherapi 1.3,insofar 1.3,john 1.3,matur 1.3,meter 1.3,municip 1.3,' +
  'nondisclosur 1.3,paramet 1.3,reliabl 1.3,restrain 1.3,signag 1.3,tape 1.3,vat 1.3,400 1.2,' +
  'ac 1.2,adher 1.2,bodili 1.2,bp 1.2,diet 1.2,face 1.2,finra 1.2,fraction 1.2,frequent 1.2,' +
  'geograph 1.2,lodg 1.2,mcdata 1.2,moratorium 1.2,niner 1.2,opt 1.2,optofluid 1.2,' +
  'processor 1.2,suspect 1.2,temporarili 1.2,though 1.2,tier 1.2,250 1.2,59 1.2,63 1.2,' +
  'acceler 1.2,analys 1.2,artara 1.2,cc 1.2,count 1.2,debentur 1.2,entranc 1.2,fairli 1.2,' +
  'heir 1.2,ntc 1.2,overhead 1.2,proxi 1.2,rent 1.2,she 1.2,stryker 1.2,uk 1.2,' +
  'uncondition 1.2,wherebi 1.2,workmanship 1.2,2007 1.2,66 1.2,72 1.2,adam 1.2,alli 1.2,' +
  'although 1.2,block 1.2,disparag 1.2,eastern 1.2,furnitur 1.2,increment 1.2,lesser 1.2,' +
  'minnesota 1.2,mix 1.2,newegg 1.2,nine 1.2,optim 1.2,payrol 1.2,pump 1.2,reproduct 1.2,' +
  'scott 1.2,stadium 1.2,stw 1.2,todo 1.2,trailer 1.2,unilater 1.2,xxiv 1.2,61 1.2,ach 1.2,' +
  'aesar 1.2,captur 1.2,convey 1.2,drill 1.2,feel 1.2,fifth 1.2,landlord 1.2,laps 1.2,' +
  'lessor 1.2,mg 1.2,michael 1.2,oaktre 1.2,photo 1.2,regularli 1.2,segreg 1.2,snap 1.2,' +
  'treati 1.2,underpay 1.2,usual 1.2,62 1.1,arm 1.1,auriemma 1.1,bad 1.1,berkshir 1.1,' +
  'canadian 1.1,cdx 1.1,cosmet 1.1,devot 1.1,els 1.1,flight 1.1,franc 1.1,la 1.1,leader 1.1,' +
  'merg 1.1,ministri 1.1,mr 1.1,nikko 1.1,offens 1.1,petroleum 1.1,seq 1.1,sicap 1.1,' +
  'themselv 1.1,tpc 1.1,wall 1.1,zanotti 1.1,69 1.1,aura 1.1,binimetinib 1.1,blvd 1.1,' +
  'chicago 1.1,classifi 1.1,decor 1.1,deni 1.1,deploy 1.1,ebix 1.1,effectu 1.1,inact 1.1,' +
  'licenc 1.1,memorandum 1.1,menu 1.1,micoa 1.1,miss 1.1,mondai 1.1,my 1.1,nevertheless 1.1,' +
  'prescript 1.1,scale 1.1,session 1.1,shorter 1.1,threat 1.1,vp 1.1,2003 1.1,64 1.1,73 1.1,' +
  'admiss 1.1,anim 1.1,beij 1.1,confusingli 1.1,detriment 1.1,dual 1.1,eit 1.1,embargo 1.1,' +
  'gain 1.1,guarantor 1.1,hospit 1.1,maa 1.1,minu 1.1,mixtur 1.1,notehold 1.1,overview 1.1,' +
  'pertin 1.1,provinci 1.1,robert 1.1,scheme 1.1,style 1.1,tour 1.1,typic 1.1,ultim 1.1,' +
  '125 1.1,1940 1.1,3rd 1.1,9012190 1.1,abus 1.1,alloi 1.1,annum 1.1,apprais 1.1,bar 1.1,' +
  'benchmark 1.1,biopharmaceut 1.1,chairperson 1.1,deed 1.1,derog 1.1,encompass 1.1,' +
  'erchonia 1.1,experienc 1.1,explan 1.1,fridai 1.1,histor 1.1,hydron 1.1,il 1.1,lock 1.1,' +
  'mirror 1.1,never 1.1,oem 1.1,orderli 1.1,prototyp 1.1,rather 1.1,recours 1.1,' +
  'rightfulli 1.1,siemen 1.1,tda 1.1,tech 1.1,templat 1.1,uncur 1.1,unlaw 1.1,unus 1.1,' +
  'valuat 1.1,warehous 1.1,67 1.0,around 1.0,ask 1.0,chapter 1.0,diminish 1.0,england 1.0,' +
  'epidem 1.0,extract 1.0,foundat 1.0,germani 1.0,intang 1.0,jdc 1.0,mask 1.0,ohio 1.0,' +
  'organiz 1.0,precaut 1.0,prorat 1.0,readabl 1.0,receivership 1.0,rental 1.0,revert 1.0,' +
  'seal 1.0,sens 1.0,spot 1.0,trigger 1.0,tsa 1.0,warn 1.0,welfar 1.0,110 1.0,2021 1.0,' +
  'algorithm 1.0,analyz 1.0,bracket 1.0,compat 1.0,cro 1.0,dassault 1.0,dividend 1.0,dsp 1.0,' +
  'endeavour 1.0,incapac 1.0,laba 1.0,lake 1.0,medianet 1.0,mexico 1.0,occas 1.0,pnc 1.0,' +
  'programm 1.0,quotat 1.0,redistributor 1.0,shelf 1.0,sit 1.0,wage 1.0,window 1.0,' +
  'withdrawn 1.0,';

/** The share of passages, 0 to 1, in which a stem is expected; 0 for those that are rare. */
export const wordShares: ReadonlyMap<string, number> = new Map(
  shares
    .split(',')
    .slice(0, -1)
    .map((entry) => {
      const [stem, share] = entry.split(' ') as [string, string];
      return [stem, Number(share) / 1000];
    }),
);
