{#
    A label after a shuffle: (a·x + b) mod p with p = 2^31 - 1, which fits a bigint. Since p is a
    prime and a is not 0, no two labels become one.
#}
{% macro shuffled(label, factors) -%}
    (({{ label }} * {{ factors.a }} + {{ factors.b }}) % {{ headless_crm.shuffle_modulus() }})
{%- endmacro %}

{% macro shuffle_modulus() -%}{{ return(2147483647) }}{%- endmacro %}

{# The factors of a round: powers of two primitive roots of p, so that each round's order is new. #}
{% macro shuffle_factors(round) -%}
    {%- set p = headless_crm.shuffle_modulus() -%}
    {{ return({'a': (48271 ** (7 * round + 1)) % p, 'b': (69621 ** (5 * round + 2)) % p}) }}
{%- endmacro %}

{# The factors of all shuffles from one round to another as one; of none at all, the identity. #}
{% macro composed_factors(first_round, last_round) -%}
    {%- set composed = namespace(a=1, b=0) -%}
    {%- for round in range(first_round, last_round + 1) -%}
        {%- set factors = headless_crm.shuffle_factors(round) -%}
        {%- set composed.a = (composed.a * factors.a) % headless_crm.shuffle_modulus() -%}
        {%- set composed.b = (composed.b * factors.a + factors.b) % headless_crm.shuffle_modulus() -%}
    {%- endfor -%}
    {{ return({'a': composed.a, 'b': composed.b}) }}
{%- endmacro %}
