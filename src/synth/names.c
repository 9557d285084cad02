#include "synth/names.h"

#include "synth/select.h"

#include <stdio.h>

/* Lists separated by commas. Within a list no two names are near each other: nearly equal names would be a
 * second test of linkage beside the errors that --noise makes. */
typedef struct name_list {
    const char *women, *men, *family;
} name_list;

static const name_list lists[TONGUE_COUNT] = {
    [TONGUE_DUTCH] = {
        "Anouk,Britt,Charlotte,Daphne,Eline,Femke,Hanneke,Iris,Jasmijn,Kim,Lotte,Maud,Noa,Puck,Roos,Sanne,Tess,Vera,Wendy,Yara,"
        "Amber,Bo,Cheyenne,Demi,Esmée,Floor,Gwen,Isa,Jolijn,Kelly,Lieke,Melissa,Naomi,Priscilla,Romy,Shirley,Tamara,Zoë,Michelle,Danique",
        "Bram,Cas,Daan,Freek,Gijs,Hidde,Jelle,Koen,Lars,Mees,Niels,Olivier,Pepijn,Ruben,Sven,Thijs,Wouter,Youri,Kevin,Dylan,Joost,Rik,Stefan,Tobias",
        "de Jong,Jansen,de Vries,Bakker,Visser,Smit,Meijer,Mulder,Bos,Vos,Peters,Hendriks,van Leeuwen,Dekker,Brouwer,Dijkstra,"
        "Smeets,Koster,Prins,Huisman,Kuipers,van Dam,Schouten,Willems,Hoekstra,Koning,Verhoeven,Maas,Postma,Scholten,van Wijk,"
        "Kuijpers,Groen,Gerritsen,Bosman,Wolters,Blom,Vink,Zwart,Tuinstra,Oosterhof,Rietveld,Kamphuis,Boersma,Stapel,Franken,"
        "Hofstede,Lammers,Nijland,Ubbink,van der Heijden,Cornelissen,Wiegers,Terpstra,Drost,Evers,Gelderblom,Hazelaar,Ijsselmuiden,Kroon"},
    [TONGUE_POLISH] = {
        "Agnieszka,Barbara,Dorota,Ewa,Grażyna,Halina,Iwona,Justyna,Katarzyna,Łucja,Małgorzata,Natalia,Oliwia,Patrycja,Renata,"
        "Sylwia,Teresa,Urszula,Weronika,Zofia,Beata,Kinga,Monika,Paulina",
        "Andrzej,Bartosz,Cezary,Dariusz,Grzegorz,Henryk,Ireneusz,Jarosław,Krzysztof,Łukasz,Marcin,Norbert,Paweł,Radosław,"
        "Sławomir,Tomasz,Wojciech,Zbigniew,Mateusz,Przemysław,Jakub,Damian,Kamil,Ryszard",
        "Nowak,Kowalski,Wiśniewski,Wójcik,Kamiński,Lewandowski,Zieliński,Szymański,Woźniak,Dąbrowski,Kozłowski,Jankowski,Mazur,"
        "Kwiatkowski,Krawczyk,Piotrowski,Grabowski,Pawłowski,Michalski,Król,Wieczorek,Jabłoński,Wróbel,Majewski,Olszewski,Stępień,"
        "Malinowski,Jaworski,Adamczyk,Dudek,Górski,Pawlak,Sikora,Walczak,Rutkowski,Baran,Szewczyk,Ostrowski,Tomaszewski,Zalewski"},
    [TONGUE_ROMANIAN] = {
        "Alina,Bianca,Cristina,Daniela,Elena,Florentina,Gabriela,Ioana,Larisa,Mihaela,Nicoleta,Oana,Petronela,Ramona,Simona,Ștefania,"
        "Tatiana,Violeta,Roxana,Denisa",
        "Adrian,Bogdan,Cătălin,Dragoș,Emil,Florin,Gheorghe,Horia,Ionuț,Laurențiu,Marius,Nicolae,Ovidiu,Petru,Radu,Sorin,Tiberiu,Valentin,Vlad,Cosmin",
        "Popescu,Ionescu,Dumitru,Stoica,Gheorghiu,Rusu,Munteanu,Constantin,Matei,Moldovan,Ciobanu,Țurcanu,Lungu,Barbu,Cojocaru,Dinu,"
        "Enache,Florea,Grigore,Iordache,Manole,Neagu,Oprea,Pătrașcu,Răducan,Sandu,Toma,Ungureanu,Vasile,Zamfir"},
    [TONGUE_BULGARIAN] = {
        "Aneta,Boryana,Desislava,Elitsa,Galina,Hristina,Ivanka,Kalina,Lilyana,Milena,Nadezhda,Polina,Radka,Stanislava,Tsvetelina,Vesela,Yordanka,Zornitsa",
        "Asen,Boyko,Dimitar,Emanuil,Georgi,Hristo,Ivaylo,Kaloyan,Lyubomir,Miroslav,Nikolay,Ognyan,Plamen,Rumen,Stoyan,Todor,Vasil,Yavor,Zhivko",
        "Ivanov,Georgiev,Dimitrov,Petrov,Nikolov,Hristov,Stoyanov,Todorov,Iliev,Vasilev,Angelov,Kolev,Yordanov,Marinov,Atanasov,"
        "Popov,Mihaylov,Karadzhov,Rusev,Zlatev,Bozhkov,Chakarov,Dobrev,Filipov,Genov,Kostadinov,Lazarov,Manolov,Tsvetkov,Velikov"},
    [TONGUE_HUNGARIAN] = {
        "Anikó,Boglárka,Csilla,Dóra,Erzsébet,Fruzsina,Gyöngyi,Hajnalka,Ildikó,Judit,Krisztina,Lívia,Mónika,Nikolett,Orsolya,Piroska,Réka,Szilvia,Tímea,Vivien,Zsuzsanna",
        "Attila,Balázs,Csaba,Dezső,Endre,Ferenc,Gábor,Imre,János,Kálmán,László,Miklós,Norbert,Ottó,Péter,Róbert,Sándor,Tibor,Vilmos,Zoltán",
        "Nagy,Kovács,Tóth,Szabó,Horváth,Varga,Kiss,Molnár,Németh,Farkas,Balogh,Papp,Takács,Juhász,Lakatos,Mészáros,Oláh,Simon,Rácz,"
        "Fekete,Szilágyi,Török,Fehér,Gál,Vincze,Orsós,Kolompár,Bogdán,Hegedűs,Pintér"},
    [TONGUE_SLOVAK] = {
        "Adriana,Božena,Dagmar,Emília,Henrieta,Ivana,Jarmila,Kristína,Ľubica,Marcela,Nela,Petra,Romana,Silvia,Tereza,Veronika,Zuzana,Žaneta",
        "Anton,Branislav,Dušan,Erik,Filip,Igor,Jozef,Karol,Ladislav,Milan,Ondřej,Patrik,Rudolf,Štefan,Tibor,Václav,Zdeněk",
        "Novák,Horvát,Kováč,Varga,Baláž,Čonka,Dvořák,Černý,Procházka,Svoboda,Marek,Polák,Hudák,Zeman,Krajčír,Benko,Šimko,Urban,"
        "Bartoš,Fiala,Gajdoš,Hrubý,Janko,Kučera,Mareš,Oravec,Růžička,Sloboda,Tichý,Vaněk"},
    [TONGUE_BALTIC] = {
        "Aistė,Daiva,Eglė,Gintarė,Inga,Jurgita,Kristīne,Līga,Madara,Neringa,Rasa,Santa,Tatjana,Ugnė,Vilma,Zane",
        "Andris,Darius,Edgars,Gediminas,Ivars,Jānis,Kęstutis,Linas,Mantas,Normunds,Raimonds,Saulius,Tomas,Uldis,Vytautas,Žygimantas",
        "Bērziņš,Kalniņš,Ozoliņš,Liepiņš,Krūmiņš,Balodis,Eglītis,Kazlauskas,Petrauskas,Jankauskas,Stankevičius,Vasiliauskas,Žukauskas,"
        "Butkus,Paulauskas,Urbonas,Navickas,Zariņš,Vītols,Grīnbergs,Sproģis,Rudzītis,Dambrauskas,Mockus"},
    [TONGUE_RUSSIAN] = {
        "Anastasiya,Darya,Ekaterina,Galyna,Inna,Kseniya,Larysa,Margarita,Nadiya,Oksana,Raisa,Svitlana,Tetyana,Ulyana,Viktoriya,Yevheniya,Zhanna",
        "Aleksandr,Bohdan,Denys,Evgeny,Gennady,Ihor,Konstantin,Leonid,Maksym,Nazar,Oleh,Roman,Serhiy,Taras,Vadim,Yuriy,Zakhar",
        "Shevchenko,Bondarenko,Kovalchuk,Tkachenko,Kravchenko,Oliynyk,Lysenko,Marchenko,Polishchuk,Savchuk,Rudenko,Petrenko,Smirnov,"
        "Kuznetsov,Morozov,Volkov,Lebedev,Zaytsev,Golubev,Vinogradov,Belov,Chernov,Dyachenko,Fedorov,Horobets,Yatsenko"},
    [TONGUE_ALBANIAN] = {
        "Albana,Besarta,Drita,Elira,Fatbardha,Gentiana,Hana,Klodiana,Lindita,Mimoza,Ornela,Rovena,Suela,Teuta,Valbona",
        "Agron,Blerim,Dritan,Ermal,Fatos,Gjergj,Ilir,Kujtim,Luan,Mentor,Petrit,Shkëlzen,Taulant,Ylli,Zef",
        "Hoxha,Shehu,Çela,Dervishi,Gjoka,Kola,Leka,Marku,Ndreca,Prifti,Qosja,Rama,Sinani,Tahiri,Ujkaj,Vata,Xhaferi,Zeneli,Basha,Frashëri"},
    [TONGUE_GERMAN] = {
        "Annika,Birgit,Claudia,Franziska,Heike,Ingrid,Jana,Kathrin,Lena,Nadine,Sabine,Theresa,Ulrike,Yvonne",
        "Bernd,Christoph,Dieter,Florian,Hartmut,Jürgen,Klaus,Markus,Oliver,Rainer,Torsten,Uwe,Volker,Wolfgang",
        "Müller,Schneider,Fischer,Weber,Wagner,Becker,Schäfer,Hoffmann,Koch,Richter,Krüger,Zimmermann,Vogt,Lehmann,Pfeiffer,Seidel,Brandt,Kühn"},
    [TONGUE_FRENCH] = {
        "Amélie,Brigitte,Chloé,Élodie,Fabienne,Géraldine,Inès,Justine,Laëtitia,Mathilde,Océane,Pauline,Sandrine,Véronique",
        "Arnaud,Baptiste,Cédric,Damien,Fabrice,Guillaume,Hugo,Jérôme,Loïc,Maxime,Nicolas,Pascal,Quentin,Thierry",
        "Dubois,Lambert,Lefèvre,Moreau,Girard,Rousseau,Fontaine,Chevalier,Gauthier,Perrin,Renard,Marchand,Dupuis,Vandenberghe,Claes,Mertens,Goossens,Lemaire"},
    [TONGUE_ITALIAN] = {
        "Alessia,Benedetta,Chiara,Donatella,Federica,Ginevra,Ilaria,Ludovica,Martina,Noemi,Ornella,Raffaella,Serena,Valeria",
        "Alberto,Claudio,Domenico,Enrico,Fabrizio,Giacomo,Lorenzo,Matteo,Nunzio,Paolo,Riccardo,Salvatore,Umberto,Vincenzo",
        "Rossi,Ferrari,Esposito,Bianchi,Romano,Colombo,Ricci,Marino,Greco,Gallo,Conti,Mancini,Lombardi,Moretti,Barbieri,Fontana,Santoro,Rinaldi"},
    [TONGUE_SPANISH] = {
        "Adriana,Beatriz,Camila,Dayana,Esperanza,Fernanda,Gloria,Inmaculada,Jimena,Leidy,Marisol,Nathaly,Paola,Rocío,Soledad,Valentina,Ximena,Yesenia,Zulay,Katherine",
        "Alejandro,Carlos,Diego,Eduardo,Felipe,Gustavo,Hernán,Iván,Joaquín,Leonardo,Mauricio,Néstor,Óscar,Pablo,Ramiro,Santiago,Tomás,Wilmer,Yeison,Rubén",
        "García,Rodríguez,Martínez,Hernández,López,González,Pérez,Sánchez,Ramírez,Torres,Flores,Rivera,Gómez,Díaz,Reyes,Morales,Cruz,Ortiz,"
        "Gutiérrez,Chávez,Ramos,Ruiz,Mendoza,Castillo,Vargas,Quintero,Zambrano,Peña,Arango,Betancourt"},
    [TONGUE_PORTUGUESE] = {
        "Aline,Bruna,Cláudia,Débora,Fabiana,Graziela,Helena,Ingrid,Jéssica,Larissa,Michele,Patrícia,Raquel,Simone,Thaís,Vanessa,Conceição,Luzia",
        "André,Bruno,Caio,Diogo,Everton,Fábio,Gilberto,Henrique,João,Leandro,Márcio,Nelson,Otávio,Rodrigo,Sérgio,Thiago,Vítor,Wagner",
        "Silva,Santos,Oliveira,Souza,Lima,Pereira,Ferreira,Almeida,Costa,Gomes,Ribeiro,Carvalho,Araújo,Barbosa,Rocha,Nascimento,Moreira,"
        "Teixeira,Cardoso,Machado,Freitas,Cunha,Batista,Domingos,Neto,Quintas"},
    [TONGUE_NIGERIAN] = {
        "Abigail,Blessing,Chioma,Destiny,Esohe,Faith,Gift,Happiness,Isoken,Joy,Kehinde,Loveth,Mercy,Ngozi,Osariemen,Patience,Queen,Rita,"
        "Success,Temitope,Uyi,Victoria,Wuraola,Yetunde,Adesuwa,Bukola,Evbu,Folake,Itohan,Omolara,Peace,Sandra,Tina,Chiamaka,Nkechi,Osasere",
        "Adewale,Babatunde,Chukwuemeka,Dennis,Emmanuel,Festus,Godwin,Henry,Ikenna,Kingsley,Lucky,Monday,Nosa,Osaze,Philip,Samson,"
        "Taiwo,Uche,Victor,Wisdom,Yusuf,Ebuka,Felix,Imasuen,Kelvin,Obinna,Prince,Tunde,Sunday,Efosa",
        "Osagie,Omoregie,Igbinovia,Aigbe,Ehigiator,Edosomwan,Uwaifo,Okafor,Nwosu,Eze,Adeyemi,Balogun,Ogunleye,Afolabi,Idahosa,"
        "Okonkwo,Chukwu,Oseni,Bello,Musa,Ibrahim,Danjuma,Etim,Bassey,Ekpo,Onyeka,Nnamdi,Ojo,Akinola,Fashola,Giwa,Lawal,Momodu,"
        "Nwachukwu,Obaseki,Popoola,Sanni,Umoh,Yakubu,Erhunmwunse,Izevbigie,Aghedo,Ogbeide,Imafidon,Asemota,Ikponmwosa,Obasohan,Enabulele,Ize-Iyamu,Agho"},
    [TONGUE_AKAN] = {
        "Abena,Akosua,Comfort,Dede,Efua,Felicia,Gifty,Harriet,Jemima,Mabel,Naa,Priscilla,Rejoice,Serwaa,Vida,Yaa",
        "Agyei,Bright,Cephas,Derrick,Ekow,Frimpong,Gideon,Kwabena,Kwame,Nii,Prosper,Richmond,Selorm,Tetteh,Yaw",
        "Mensah,Owusu,Boateng,Asante,Osei,Appiah,Amoah,Ofori,Agyeman,Darko,Quaye,Adjei,Sarpong,Yeboah,Antwi,Gyamfi,Kusi,Nyarko,Opoku,Tetteh,Bonsu,Danso"},
    [TONGUE_MANDE] = {
        "Aminata,Binta,Djenabou,Fanta,Hawa,Isatou,Kadiatou,Mariama,Nene,Oumou,Ramatoulaye,Salimatou,Tenneh,Yassin,Zainab,Adama,Fatoumata,Jainaba",
        "Alpha,Boubacar,Cherno,Demba,Ebrima,Foday,Ibrahima,Kebba,Lamin,Mamadou,Ousman,Saikou,Thierno,Yaya,Amadou,Sulayman,Momodou,Modou",
        "Diallo,Bah,Barry,Sow,Camara,Conteh,Kamara,Sesay,Koroma,Jallow,Ceesay,Touray,Njie,Sanneh,Darboe,Fofanah,Bangura,Turay,Keita,Condé,"
        "Soumah,Ndiaye,Faye,Gueye,Mbaye,Kanu,Mansaray,Bojang,Manneh,Sillah"},
    [TONGUE_UGANDAN] = {
        "Achieng,Babirye,Christine,Doreen,Esther,Grace,Immaculate,Juliet,Kobusingye,Lydia,Nakato,Olivia,Prossy,Robinah,Sarah,Winnie",
        "Benon,Charles,Deo,Fred,Isaac,Joseph,Katende,Moses,Okello,Patrick,Ronald,Ssalongo,Tonny,Wasswa,Derick",
        "Namukasa,Nabirye,Okot,Mugisha,Byaruhanga,Kato,Lubega,Ssemwanga,Tumusiime,Wanyama,Ochieng,Kizito,Mukasa,Nalubega,Ainomugisha,Birungi,"
        "Kyomuhendo,Nsubuga,Opio,Atuhaire"},
    [TONGUE_ETHIOPIAN] = {
        "Abeba,Bethlehem,Eden,Feven,Genet,Hiwot,Kidist,Lemlem,Mulu,Rahel,Selam,Tigist,Winta,Yordanos,Zewditu",
        "Abel,Berhane,Dawit,Ermias,Filmon,Girmay,Hailu,Kibrom,Mulugeta,Natnael,Robel,Samuel,Tesfaye,Yonas,Zerihun",
        "Tekle,Gebremedhin,Haile,Kidane,Woldemariam,Abraha,Berhe,Desta,Fikre,Gebreyesus,Kebede,Mengistu,Negash,Solomon,Tadesse,Ghebrehiwet,"
        "Mehari,Okbazghi,Yohannes,Zeray"},
    [TONGUE_SOMALI] = {
        "Amina,Deqa,Fadumo,Hodan,Ifrah,Khadra,Ladan,Nimco,Qamar,Sahra,Ubah,Xaali,Yasmiin,Zamzam",
        "Abdirahman,Bashir,Cabdi,Dahir,Farah,Guled,Hassan,Ismail,Jamac,Liban,Mukhtar,Nuur,Sharmarke,Warsame",
        "Abdullahi,Aden,Barre,Duale,Egal,Farole,Gedi,Hersi,Isse,Jimale,Kulmiye,Mohamud,Nur,Osman,Roble,Samatar,Shire,Warsame,Yusuf,Hirsi"},
    [TONGUE_ARABIC] = {
        "Aïcha,Bouchra,Dounia,Fatima,Ghizlane,Hanane,Ikram,Jamila,Khadija,Latifa,Malika,Naima,Oumaima,Rachida,Samira,Touria,Wafae,Yasmina,Zineb",
        "Abdelkader,Brahim,Driss,Fouad,Hamza,Idriss,Jamal,Khalid,Lahcen,Mohammed,Nabil,Omar,Rachid,Soufiane,Tarik,Walid,Younes,Zakaria",
        "El Amrani,Benali,Bouzid,Chaoui,Daoudi,El Idrissi,Fassi,Ghazali,Haddad,Jabri,Kaddouri,Lahlou,Mansouri,Naciri,Ouali,Qasmi,Rahmani,"
        "Saadi,Tazi,Ziani,Al-Hassan,Al-Khatib,Hamdan,Khalil,Najjar,Othman,Shaaban,Al-Jabouri,Boukhari,Mahfoud"},
    [TONGUE_CONGOLESE] = {
        "Bijou,Clarisse,Divine,Espérance,Furaha,Gisèle,Honorine,Jolie,Marlène,Nadège,Odette,Prudence,Solange,Yvette",
        "Blaise,Cédrick,Dieudonné,Fiston,Guy,Hervé,Junior,Landry,Merveille,Papy,Rodrigue,Serge,Trésor,Yannick",
        "Mbala,Kabongo,Ilunga,Mukendi,Tshibangu,Lukusa,Ngoma,Nkulu,Kouassi,Koné,Yao,Ngassa,Fotso,Tchoumi,Ndongo,Ekambi,Mbappou,Etoundi,Kalala,Mutombo"},
    [TONGUE_FILIPINO] = {
        "Analyn,Cherry,Divina,Evelyn,Girlie,Imelda,Jocelyn,Lorna,Maricel,Nenita,Rowena,Teresita,Wilma,Rosalie",
        "Arnel,Bernardo,Crisanto,Danilo,Edwin,Jomar,Kristoffer,Marlon,Nestor,Renato,Teodoro,Virgilio,Jayson,Rodel",
        "Dela Cruz,Reyes,Bautista,Ocampo,Aquino,Villanueva,Mercado,Pascual,Salazar,Tolentino,Dizon,Manalo,Panganiban,Sumulong,Lacson,Magbanua,Catapang,Evangelista"},
    [TONGUE_CHINESE] = {
        "Fang,Hui,Jing,Lan,Mei,Na,Ping,Qiuyue,Rong,Shu,Ting,Xiaohong,Yan,Zhen,Chunhua,Guiying",
        "Bo,Chao,Dong,Gang,Haoran,Jianguo,Kun,Lei,Peng,Qiang,Rui,Shan,Tao,Weimin,Xin,Zhong",
        "Wang,Li,Zhang,Liu,Chen,Yang,Huang,Zhao,Wu,Zhou,Xu,Sun,Ma,Zhu,Hu,Guo,He,Gao,Lin,Luo,Zheng,Liang,Xie,Tang,Deng,Feng,Jiang,Cai"},
    [TONGUE_VIETNAMESE] = {
        "Ánh,Bích,Cúc,Diệu,Giang,Hằng,Hương,Kiều,Lan,Mai,Ngọc,Phượng,Quỳnh,Thảo,Trang,Uyên,Vân,Xuân,Yến",
        "Bảo,Chiến,Dũng,Đức,Hải,Khánh,Long,Minh,Nam,Phong,Quang,Sơn,Thành,Tuấn,Việt,Hùng,Kiên",
        "Nguyễn,Trần,Lê,Phạm,Hoàng,Huỳnh,Phan,Vũ,Võ,Đặng,Bùi,Đỗ,Hồ,Ngô,Dương,Lý,Tôn,Trương,Đinh,Mạc"},
    [TONGUE_INDIAN] = {
        "Anjali,Bhavna,Deepika,Gurpreet,Harsha,Indira,Jyoti,Kavita,Laxmi,Manju,Nirmala,Pooja,Radha,Sunita,Usha,Vandana",
        "Arjun,Bikash,Dipak,Ganesh,Harpreet,Jagdish,Krishna,Manoj,Naresh,Prakash,Rajesh,Suresh,Tilak,Umesh,Vijay",
        "Sharma,Singh,Kumar,Patel,Gurung,Thapa,Tamang,Rai,Shrestha,Das,Gupta,Reddy,Nair,Verma,Yadav,Chaudhary,Basnet,Khadka,Mishra,Bhandari"},
    [TONGUE_INDONESIAN] = {
        "Ayu,Citra,Dewi,Fitri,Indah,Kartika,Lestari,Murni,Ningsih,Putri,Ratna,Sri,Tuti,Wulan,Yuniarti",
        "Agus,Bambang,Cahyo,Dedi,Eko,Hendra,Irwan,Joko,Mulyono,Nugroho,Rudi,Slamet,Teguh,Wahyu,Yanto",
        "Wijaya,Santoso,Hidayat,Kusuma,Pratama,Saputra,Setiawan,Susanto,Utami,Wibowo,Halim,Gunawan,Firmansyah,Nasution,Siregar,Lubis,Harahap,Suryani"},
    [TONGUE_THAI] = {
        "Apinya,Busaba,Chanida,Duangjai,Kanya,Malai,Nittaya,Orathai,Pensri,Ratana,Siriporn,Thidarat,Usa,Wanida,Yupin",
        "Anan,Boonmee,Chaiya,Decha,Kittisak,Mongkol,Narong,Prasert,Somchai,Thaksin,Udom,Vichai,Wichit",
        "Saetang,Srisuk,Chaiyasit,Phromma,Kaewmanee,Boonyarat,Thongchai,Wongsakul,Suwannarat,Rattanakorn,Intharat,Jaidee,Phetcharat,Khamphan"},
    [TONGUE_PERSIAN] = {
        "Arezu,Behnaz,Fereshteh,Golnar,Homa,Laleh,Mahsa,Nasrin,Parisa,Roya,Shirin,Tahereh,Zohreh",
        "Ahmadzai,Behrouz,Dariush,Esmail,Farhad,Gholam,Hossein,Javad,Kamran,Mehdi,Navid,Omid,Reza,Siavash,Zabihullah",
        "Ahmadi,Rezaei,Karimi,Hosseini,Mohammadi,Sadeghi,Jafari,Noori,Popal,Wardak,Stanekzai,Rahimi,Ghorbani,Farahani,Zadran,Haidari,Kazemi,Tavakoli"},
    [TONGUE_TURKISH] = {
        "Ayşe,Büşra,Ceren,Derya,Elif,Fadime,Gülşen,Hatice,Kübra,Meryem,Nuray,Özlem,Sevgi,Tuğba,Yıldız,Zeynep",
        "Ahmet,Barış,Cengiz,Emre,Fatih,Gökhan,Hüseyin,İsmail,Kemal,Murat,Orhan,Recep,Serkan,Tolga,Volkan,Yusuf",
        "Yılmaz,Kaya,Demir,Çelik,Şahin,Yıldırım,Öztürk,Aydın,Arslan,Doğan,Kılıç,Aslan,Çetin,Koç,Kurt,Özdemir,Polat,Güneş,Bulut,Erdoğan"},
    [TONGUE_SURINAMESE] = {
        "Asha,Chandra,Faranaz,Gracia,Lucia,Mavis,Nalini,Ruth,Sharda,Urmila,Yolanda,Soraya,Ingrid,Henna",
        "Anil,Clyde,Dennis,Errol,Glenn,Humphrey,Iwan,Ludwig,Orlando,Rakesh,Stanley,Winston,Soerin,Ricardo",
        "Ramdin,Bhagwandin,Pinas,Kartosen,Pengel,Soekhoe,Ramlal,Jubitana,Biharie,Misiekaba,Wongsodikromo,Tjon,Brunswijk,Adhin,Sewgobind,Landveld,Amatredjo,Vreden"},
};

static size_t
list_length(const char *list)
{
    size_t n = 1;
    for (const char *at = list; *at; at++) n += *at == ',';
    return n;
}

static text
list_item(const char *list, size_t i)
{
    while (i-- > 0) list = strchr(list, ',') + 1;
    return (text){list, strcspn(list, ",")};
}

static text
draw_item(rng *r, const char *list)
{
    return list_item(list, rng_below(r, list_length(list)));
}

/* Women's family names of Slavic languages. */
static void
put_family(synth_tongue tongue, int sex, text name, char family[96])
{
    static const struct {
        synth_tongue tongue;
        const char *end, *take;
    } rule[] = {{TONGUE_POLISH, "ski", "ska"}, {TONGUE_POLISH, "cki", "cka"}, {TONGUE_BULGARIAN, "v", "va"}, {TONGUE_RUSSIAN, "v", "va"},
                {TONGUE_SLOVAK, "ý", "á"}, {TONGUE_SLOVAK, "a", "ová"}, {TONGUE_SLOVAK, "", "ová"}};
    for (size_t i = 0; sex == 0 && i < sizeof rule / sizeof *rule; i++) {
        size_t end = strlen(rule[i].end);
        if (rule[i].tongue != tongue || name.n <= end || memcmp(name.bytes + name.n - end, rule[i].end, end) != 0) continue;
        snprintf(family, 96, "%.*s%s", (int)(name.n - end), name.bytes, rule[i].take);
        return;
    }
    snprintf(family, 96, "%.*s", (int)name.n, name.bytes);
}

void
synth_name_draw(rng *r, synth_tongue tongue, int sex, bool twice, synth_name *result)
{
    const name_list *l = &lists[tongue];
    const char *list = sex == 0 ? l->women : l->men;
    text first = draw_item(r, list), second = draw_item(r, list);
    put_family(tongue, sex, draw_item(r, l->family), result->family);
    if (twice && !text_equal(first, second))
        snprintf(result->given, 96, "%.*s %.*s", (int)first.n, first.bytes, (int)second.n, second.bytes);
    else
        snprintf(result->given, 96, "%.*s", (int)first.n, first.bytes);
}

/* Pairs of spellings, in both directions; the first list is of letters with diacritics. */
static const char *const plain[][2] = {
    {"ą", "a"}, {"ć", "c"}, {"ę", "e"}, {"ł", "l"}, {"ń", "n"}, {"ó", "o"}, {"ś", "s"}, {"ź", "z"}, {"ż", "z"}, {"Ł", "L"}, {"Ż", "Z"},
    {"ă", "a"}, {"â", "a"}, {"ș", "s"}, {"ț", "t"}, {"Ș", "S"}, {"Ț", "T"}, {"á", "a"}, {"é", "e"}, {"í", "i"}, {"ö", "o"}, {"ő", "o"},
    {"ü", "u"}, {"ű", "u"}, {"č", "c"}, {"ď", "d"}, {"ě", "e"}, {"ř", "r"}, {"š", "s"}, {"ž", "z"}, {"ů", "u"}, {"ý", "y"}, {"Č", "C"},
    {"Š", "S"}, {"Ž", "Z"}, {"ñ", "n"}, {"ç", "c"}, {"ã", "a"}, {"ê", "e"}, {"ë", "e"}, {"ï", "i"}, {"è", "e"}, {"ğ", "g"}, {"ş", "s"}, {"ı", "i"},
    {"İ", "I"}, {"Ş", "S"}, {"Ö", "O"}, {"Ç", "C"}, {"ā", "a"}, {"ē", "e"}, {"ī", "i"}, {"ū", "u"}, {"ņ", "n"}, {"ģ", "g"}, {"ė", "e"}, {"ß", "ss"}, {"ä", "a"},
};
static const char *const respelt[][2] = {
    {"oe", "u"}, {"ou", "u"}, {"ch", "kh"}, {"sh", "ch"}, {"iy", "y"}, {"ya", "ja"}, {"yu", "ju"}, {"yo", "jo"}, {"zh", "j"}, {"ks", "x"},
    {"k", "c"}, {"w", "v"}, {"ph", "f"}, {"y", "i"}, {"ij", "y"}, {"aa", "a"}, {"ee", "e"}, {"mm", "m"}, {"ll", "l"}, {"nn", "n"}, {"ss", "s"},
    {"tz", "ts"}, {"cz", "ch"}, {"sz", "sh"}, {"rz", "zh"}, {"dj", "j"}, {"ë", "e"}, {"gh", "g"}, {"El ", "El-"}, {"Al-", "Al "}, {"th", "t"},
};

/* Replace the first `from` by `to`; NULL when `from` is not in it. */
static char *
replace(arena *out, const char *name, const char *from, const char *to)
{
    const char *at = strstr(name, from);
    return at ? arena_printf(out, "%.*s%s%s", (int)(at - name), name, to, at + strlen(from)) : NULL;
}

static status
strip(arena *out, const char *name, const char **result)
{
    text_builder b = text_builder_new(out);
    for (const char *at = name; *at;) {
        const char *to = NULL;
        size_t n = 1;
        for (size_t i = 0; (unsigned char)*at >= 0x80 && i < sizeof plain / sizeof *plain && !to; i++)
            if (strncmp(at, plain[i][0], strlen(plain[i][0])) == 0) to = plain[i][1], n = strlen(plain[i][0]);
        if (to) text_put(&b, to);
        else text_put_char(&b, *at);
        at += n;
    }
    text done;
    CHECK(text_builder_end(&b, &done));
    *result = done.bytes;
    return ST_OK;
}

status
synth_name_respell(arena *out, rng *r, const char *name, const char **result)
{
    CHECK(strip(out, name, result));
    if (strcmp(*result, name) != 0 && synth_happens(r, 0.6)) return ST_OK;
    enum { PAIRS = sizeof respelt / sizeof *respelt };
    size_t from = rng_below(r, PAIRS);
    for (size_t k = 0; k < PAIRS; k++) {
        const char *const *pair = respelt[(from + k) % PAIRS];
        char *other = replace(out, name, pair[0], pair[1]);
        if (!other) continue;
        *result = other;
        return ST_OK;
    }
    return ST_OK;
}
