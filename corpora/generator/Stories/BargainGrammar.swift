/// Somebody saves for a thing, earns what is missing and pays; all sums are right.
enum BargainGrammar {
  static let text = """
    bargain:
    - {Setting} {Trait} ¶ {Sky} {BargainWish} {BargainPrice} ¶ {BargainCount} {BargainRefuse} {AskFriend} {Encourage} ¶
      {BargainWork} {BargainWorkMore} {BargainSum} ¶ {BargainReturn} {BargainDeal} ¶ {BargainJoy} {Ending}
    - {Setting} {BargainWish} {Sky} ¶ {BargainPrice} {BargainCount} {BargainRefuse} ¶ {Worry} {AskFriend} {BargainWork}
      {BargainWorkMore} ¶ {BargainSum} {BargainReturn} {BargainDeal} {BargainJoy} {Thanks} {Ending}

    BargainWish:
    - In a shop window near {landmark}, {hero} saw {thing:a}, {thingLook}, and from that hour {hero:he} thought of nothing else.
    - What {hero} wanted most in the world was {thing:a} with which {hero:he} could {thingUse}.
    - At the {market} market of {home} a pedlar spread out his goods, and among them was {thing:a}, {thingLook}.
    - {hero:possessive} old {thing} had broken, and without one {hero:he} could not {thingUse}.

    BargainPrice:
    - "How much is the {thing}?" asked {hero}. "{price:words} coins," said the pedlar, "because it is made of good {thingMaterial}."
    - The price was written on a card: {price:words} coins, and not one less.
    - "{price:words} coins, and it is yours," said the shopkeeper, a thin man with a thick ledger.

    BargainCount:
    - At home {hero} emptied {hero:his} [jar|box|stocking] on the bed and counted {have:words} coins, so {missing:words} were missing.
    - {hero:he} had {have:words} coins. {price:words} minus {have:words} is {missing:words}, and {missing:words} coins don't lie in the street.
    - {hero:he} turned out every pocket, but {have:words} coins were all that {hero:he} owned, {missing:words} too few.

    BargainRefuse:
    - "Would you take {have:words} coins for the {thing}?" asked {hero}. The seller laughed, though not unkindly, and said that {price:words} was {price:words}.
    - The seller would not bargain. "If I sold everything for less, I should soon be wearing a barrel," he said.
    - "I can keep it for you until {weekday}," said the seller. "After that it goes to whoever pays."

    BargainWork:
    - So {hero} went to the {jobOne}, who needed somebody to {jobOneTask}, and earned {paid1:words} coins for {jobs1:words} days at {rate1:words} coins a day.
    - The {jobOne} was looking for help. For {jobs1:words} days {hero} had to {jobOneTask}, and {rate1:words} coins a day made {paid1:words} coins.
    - "Can you {jobOneTask}?" asked the {jobOne}. "I can learn it," said {hero}. {jobs1:words} days later {hero:he} was {paid1:words} coins richer.

    BargainWorkMore:
    - Then {hero:he} sold {sold} for {each:words} coins each, which brought in {paid2:words} more.
    - {friend} bought {sold} from {hero:him} and paid {each:words} coins for each, {paid2:words} coins in all.
    - On {weekday} {hero:he} took {sold} to the market; at {each:words} coins apiece, that was another {paid2:words} coins.

    BargainSum:
    - Now {hero} had {have:words} and {paid1:words} and {paid2:words} coins, and that was {total:words}.
    - {have:words} plus {paid1:words} was {sub:words}, and with the {paid2:words} from the sale it was {total:words}.
    - {hero:he} counted {hero:his} money by candlelight: {total:words} coins, {left} more than the price.

    BargainReturn:
    - On the last day, just before closing time, {hero} ran into the shop, out of breath.
    - When {hero:he} came back, another customer was already holding the {thing}. {hero:possessive} heart sank.
    - {hero:he} hardly dared to look at the window; but the {thing} was still there.
    - {weatherEnd} as {hero:he} crossed the square with the money in a knotted handkerchief.

    BargainDeal:
    - {hero:he} counted {price:words} coins on to the table. "{left} left over," said the seller, "[buy yourself a bun|keep them well|you are richer than I thought]."
    - The seller counted the coins twice, nodded and wrapped the {thing} in brown paper. {hero} still had {left} left.
    - "You earned this [as {jobOne:a}|honestly|with your own hands], {hero}," said the seller. He took {price:words} coins and gave back {left}.

    BargainJoy:
    - That same evening {hero} used it to {thingUse}, and it was even better than {hero:he} had dreamt.
    - {hero:he} carried the {thing} home by the longest way, so that everybody should see it.
    - Things that one has worked for, {hero} found, [shine more brightly|last longer|weigh less] than gifts.
    - And what did {hero} do on the very first day? {hero:he} lent the {thing} to {friend}, who needed to {thingUse}.
    """
}
