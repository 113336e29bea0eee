{#
    A label after a round's shuffle, (a·x + b) mod p with p = 2^31 - 1, and back again; both fit a
    bigint. Since p is a prime and a is not 0, no two labels become one.
#}
{% macro shuffled(label, factors) -%}
    (({{ label }} * {{ factors.a }} + {{ factors.b }}) % {{ headless_crm.shuffle_modulus() }})
{%- endmacro %}

{% macro unshuffled(label, factors) -%}
    (({{ label }} + {{ headless_crm.shuffle_modulus() - factors.b }}) * {{ factors.back }} % {{ headless_crm.shuffle_modulus() }})
{%- endmacro %}

{% macro shuffle_modulus() -%}{{ return(2147483647) }}{%- endmacro %}

{#
    The factors of a round: powers of two primitive roots of p, so that each round's order is new.
    `back` is the inverse of a: the same power of the root's inverse.
#}
{% macro shuffle_factors(round) -%}
    {%- set p = headless_crm.shuffle_modulus() -%}
    {{ return({
        'a': (48271 ** (7 * round + 1)) % p,
        'b': (69621 ** (5 * round + 2)) % p,
        'back': (1899818559 ** (7 * round + 1)) % p,
    }) }}
{%- endmacro %}
