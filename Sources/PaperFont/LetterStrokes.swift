/// Our own letters, in the language of `Strokes.strokes`.
enum LetterStrokes {
  static let latin = #"""
    ! 444d 4h4i
    " 2428 6468
    # 351h 755h 0989 0d8d
    $ 87'865636'0608'0b4b'8b8e'8h5h3h'0h0f 434j
    % 2434'4446'4838'1816'1424 84840i 5e6e'8e8g'8i6i'4i4g'4e5e
    & 8i28'2444'6467'6a2c'0d0f'0i3i'7i8d
    ' 4448
    ( 63'363b'3g6j
    ) 23'565b'5g2j
    * 464e 187c 781c
    + 474f 0b8b
    , 4h4j3l
    - 1b7b
    . 4h4i
    / 840i
    0 44'74797d'7i4i'1i1d19'1444
    1 17444i 1i7i
    2 08'043454'8488'8b5d0i8i
    3 07'043454'8487'8b4b'8b8f'8i5i3i'0i0f
    4 6i640d8d
    5 74140b'2949'898d'8i4i'0i0f
    6 75'6454'040c0e'0i4i'8i8e'8a4a'0a0e
    7 0484'4a3i
    8 4b'1b17'1444'7477'7b4b'8b8f'8i4i'0i0f'0b4b
    9 1h'2i3i'8i8a88'8444'0408'0c4c'8c88
    : 4a4b 4h4i
    ; 4a4b 4h4j3l
    < 761b7g
    = 1979 1d7d
    > 167b1g
    ? 07'0444'8487'8a4c4e 4h4i
    @ 7i3i'0i0e08'043454'84888e5e'3e3c3b'395989
    A 0i448i 1e7e
    B 0i0454'7477'7b5b0b 5b'8b8e8f'8i5i0i
    C 87'845434'04080e'0i3i5i'8i8f
    D 0i0444'84898d'8i4i0i
    E 84040i8i 0b6b
    F 84040i 0b6b
    G 87'845434'04080e'0i3i5i'8i8f8c5c
    H 040i 848i 0b8b
    I 2464 444i 2i6i
    J 4474 747e'7i4i'0i0f
    K 040i 840c 398i
    L 040i8i
    M 0i044b848i
    N 0i048i84
    O 3454'84888e'8i5i3i'0i0e08'0434
    P 0i0454'8488'8c5c0c
    Q 3454'84888e'8i5i3i'0i0e08'0434 5e8k
    R 0i0454'8488'8c5c0c 4c8i
    S 87'845434'0407'0b4b'8b8f'8i5i3i'0i0f
    T 0484 444i
    U 040e'0i3i5i'8i8e84
    V 044i84
    W 042i4a6i84
    X 048i 840i
    Y 044b84 4b4i
    Z 04840i8i
    [ 63333j6j
    \ 048i
    ] 23535j2j
    ^ 194479
    _ 0k8k
    ` 2446
    a 1959'898c8i 8d3d'0d0f0g'0i3i'7i8g
    b 040i 0d'1949'898d8e'8i4i'1i0e
    c 8b'8949'090d0e'0i4i'8i8g
    d 848i 8d'7949'090d0e'0i4i'7i8e
    e 0d8d'8949'090d0e'0i4i'7i8g
    f 74'44484i 1979
    g 898j'8m4m'1m0l 8d'7949'090d0e'0i4i'7i8e
    h 040i 0c'1949'898d8i
    i 29494i 1i7i 4445
    j 39595j'5m3m'1m0l 5455
    k 040i 790e 3c8i
    l 24444i 1i7i
    m 090i 0b'1929'494b4i 4b'5969'898b8i
    n 090i 0c'1949'898d8i
    o 49'898d8e'8i4i'0i0e0d'0949
    p 090m 0d'1949'898d8e'8i4i'1i0e
    q 898m 8d'7949'090d0e'0i4i'7i8e
    r 191i 1d'2959'898b
    s 8b'8949'090b'0d4d'8d8g'8i4i'0i0g
    t 353e'3i6i'7i8h 0979
    u 090e'0i4i'7i8e 898i
    v 094i89
    w 092i4b6i89
    x 098i 890i
    y 094i 892m
    z 09890i8i
    { 63'434649'4b2b'4b4d4g'4j6j
    | 434k
    } 23'434649'4b6b'4b4d4g'4j2j
    ~ 0d'0b2b'3b4c'5d6d'8d8b
    ¡ 494a 4d4l
    ¢ 8b'8949'090d0e'0i4i'8i8g 474k
    £ 77'7454'24282e'2h0i8i 0b6b
    ¥ 044b84 4b4i 1c7c 1f7f
    § 76'7444'1417'194a6b'7c7e'7g5g 3a'1b1d'1f4g'7h7j'7m4m'1m1k
    ° 44'6466'6848'2826'2444
    ± 464e 0a8a 0i8i
    ² 26'2444'6466'682a6a
    · 4b4c
    « 4a1d4g 8a5d8g
    » 0a3d0g 4a7d4g
    ‹ 6a2d6g
    › 2a6d2g
    ¿ 494a 4d4f'0g0j'0m4m'8m8j
    × 177f 771f
    ÷ 0b8b 4647 4f4g
    – 0b8b
    • 4a4d 5a5d 3b3c 6b6c
    … 0h0i 4h4i 8h8i
    ‘ 543638
    ’ 545638
    “ 341618 745658
    ” 343618 747658
    „ 3h3j1l 7h7j5l
    № 0i044i44 69898d6d69 6g8g
    € 87'8454'24282e'2i5i'8i8f 0969 0d6d
    ß 0i08'0444'7477'7a4b'8b8f'8i3i
    æ 1929'494d4f'4i2i'0i0g'0d2d8d8c'8969'494c 4f'4i6i'7i8h
    Æ 84440i 444i8i 4b7b 2d4d
    œ 29'494d4e'4i2i'0i0e0d'0929 4d8d8c'8969'494c 4f'4i6i'7i8h
    Œ 8434'04080e'0i3i8i 444i 4b7b
    ø 49'898d8e'8i4i'0i0e0d'0949 0j88
    Ø 3454'84888e'8i5i3i'0i0e08'0434 0j83
    đ 848i 8d'7949'090d0e'0i4i'7i8e 4686
    Đ 1i1444'84898d'8i4i1i 0b4b
    ð 49'898d8e'8i4i'0i0e0d'0949 8d'8624 2765
    þ 040m 0d'1949'898d8e'8i4i'1i0e
    Þ 040i 0757'878b'8e5e0e
    ł 24444i 1i7i 1d7a
    Ł 242i8i 0d5a
    ı 29494i 1i7i
    """#

  static let greekAndCyrillic = """
    Γ 0i0484
    Δ 0i448i0i
    Θ 3454'84888e'8i5i3i'0i0e08'0434 2b6b
    Λ 0i448i
    Ξ 0484 1b7b 0i8i
    Π 0i04848i
    Σ 84044b0i8i
    Φ 434j 3757'878b'8f5f3f'0f0b'0737
    Ψ 0409'0d4d'8d8984 444i
    Ω 0i2i2e'0d09'0444'8489'8d6e6i8i
    α 897d'6i3i'0i0e0d'0939'697d'7h8i
    β 0m08'0444'7477'7a3a'8a8e'8i4i'0i0f
    γ 094h4m 894h
    δ 75'6444'2446'2969'8c8e'8i4i'0i0e'0a49
    ε 8a'7949'090b'0d4d'0d0g'0i4i'7i8h
    ζ 1484'0a0e'0i5i'8i6m
    η 090i 0c'1949'898d8m
    θ 44'848b'8i4i'0i0b'0444 0b8b
    ι 494f'4i7i
    κ 090i 890e 3c8i
    λ 14'34478i 0i4a
    μ 090m 0e'0i4i'7i8e 898i
    ν 094i'8d89
    ξ 1474'0507'0a6a'0b0e'0i5i'8i6m
    π 0989 292i 696i
    ρ 0m0d'0949'898d8e'8i4i'1i0e
    σ 8949'090d0e'0i4i'8i8e8d'8a59
    ς 8a'7949'090d'0i5i'8i6m
    τ 0989 494f'4i7i
    υ 090e'0i4i'8i8e89
    φ 29'090d0e'0i4i'8i8e8d'8969'494b4m
    χ 098m 890m
    ψ 090d'0i4i'8i8d89 454m
    ω 29'090e'0i2i'4i4c 4e'4i6i'8i8e'8969
    Б 84040i5i'8i8e8d'8b5b0b
    Д 0l0i8i8l 1i'3d34747i
    Ж 044b0i 844b8i 444i
    И 040i848i
    Л 0i1i'2e24848i
    У 044c 843h'2i0i
    Ц 040i7i 747i8i8l
    Ч 0409'0c4c8c 848i
    Ш 040i8i84 444i
    Щ 040i8i848i8l 444i
    Ъ 04242i5i'8i8e'8b5b2b
    Ы 040i3i'5i5e'5b3b0b 848i
    Ь 040i5i'8i8e'8b5b0b
    Э 07'043454'84888e'8i5i3i'0i0f 3b8b
    Ю 040i 0b3b 54'34383e'3i5i6i'8i8e88'8454
    Я 8i8434'0408'0c3c8c 4c0i
    Є 87'845434'04080e'0i3i5i'8i8f 0b5b
    Ґ 0i048482
    б 75'6434'040b0e'0i4i'8i8e8d'8949'090d
    в 0i0959'797b'7d5d0d 5d'8d8f'8i5i0i
    г 0i0989
    д 0l0i8i8l 1i'3e39797i
    ж 094d0i 894d8i 494i
    з 0a'0949'898b'8d4d'8d8g'8i4i'0i0h
    и 090i898i
    л 0i1i'2f29898i
    м 0i094e898i
    н 090i 898i 0d8d
    п 0i09898i
    т 0989 494i
    ф 3959'898d8e'8i5i3i'0i0e0d'0939 454m
    ц 090i7i 797i8i8l
    ч 090b'0e4e8e 898i
    ш 090i8i89 494i
    щ 090i8i898i8l 494i
    ъ 09292i5i'8i8f'8d5d2d
    ы 090i3i'5i5f'5d3d0d 898i
    ь 090i5i'8i8f'8d5d0d
    э 0b'0949'898d8e'8i4i'0i0g 3d8d
    ю 090i 0d3d 69'393d3e'3i6i'8i8e8d'8969
    я 8i8939'090c'0e3e8e 4e0i
    є 8b'8949'090d0e'0i4i'8i8g 0d5d
    ґ 0i098987
    """

  static let hebrew = """
    א 088i 888a'8c5d 0i0g'0e3c
    ב 0858'888b8i 0i8i
    ג 28486c7i 6e1i
    ד 0888 787i
    ה 0868'888b8i 0d0i
    ו 38585i
    ז 2868 484i
    ח 0i0868'888b8i
    ט 080e'0i4i'8i8c'8858
    י 38585d
    כ 0858'888b8f'8i5i0i
    ך 0868'888b8m
    ל 131888'8d3i
    מ 0i1a08 1a'2858'888b8i4i
    ם 0i0868'888b8i0i
    נ 38585i1i
    ן 38585m
    ס 08888d'8i4i'0i0d08
    ע 083i 888c'8i0i
    פ 3d0d0858'888b8f'8i5i0i
    ף 3d0d0858'888b8m
    צ 087i 888a'8c5d 0i8i
    ץ 084f4m 888a'8c4e
    ק 0868'888a'8e5i 0d0m
    ר 0858'888b8i
    ש 080g'0i2i5i'8i8e88 484d'4f1g
    ת 0868'888b8i 191i0i
    """

  static let twins =
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοµАВГЕЗКМНОПРСТФХІЈаеіјкорсухј‚—ʼ‑−Ð"
  static let twinsOf =
    "ABEZHIKMNOPTYXoμABΓE3KMHOΠPCTΦXIJaeijκopcyxj,–’--Đ"

  /// Above capitals in rows 0 to 2; cedilla, ogonek and comma below.
  static let marks = """
    ` 2051
    ´ 6031
    ^ 214061
    ˇ 204160
    ~ 11305170
    ¨ 2021 6061
    ˚ -405061625343323140
    ¯ 2161
    ˘ 20'2141'6160
    ˙ 4041
    ˝ 2140 5170
    ¸ 4i4k2m
    ˛ 6i'5m7m
    , 4k4l3m
    """

  /// Mark, blank, then pairs: a character and the one that bears the mark.
  static let composed = """
    ` ÀAÈEÌIÒOÙUàaèeìıòoùuѐеЍИѝи
    ´ ÁAÉEÍIÓOÚUÝYáaéeíıóoúuýyĆCćcŃNńnŚSśsŹZźzŔRŕrĹLĺlΆΑΈΕΉΗΊΙΌΟΎΥΏΩάαέεήηίιόούυώωЌКќкЃГѓг
    ^ ÂAÊEÎIÔOÛUâaêeîıôoûuĈCĉcĜGĝgĤHĥhŜSŝsŴWŵwŶYŷy
    ˇ ČCčcĎDďdĚEěeŇNňnŘRřrŠSšsŤTťtŽZžzĽLľlǍAǎa
    ~ ÃAÑNÕOãañnõoĨIĩıŨUũu
    ¨ ÄAËEÏIÖOÜUŸYäaëeïıöoüuÿyΪΙΫΥϊιϋυЁЕёеЇІїı
    ˚ ÅAåaŮUůu
    ¯ ĀAāaĒEēeĪIīıŌOōoŪUūu
    ˘ ĂAăaĞGğgŬUŭuЙИйиЎУўу
    ˙ ĖEėeŻZżzİIĠGġgĊCċc
    ˝ ŐOőoŰUűu
    ¸ ÇCçcŞSşsĢGŅNņnĶKķkĻLļlŢTţt
    ˛ ĄAąaĘEęeĮIįiŲUųu
    , ȘSșsȚTțt
    """
}
